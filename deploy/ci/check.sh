#!/bin/sh
# Runs `reeve check` once, writes a report of each kind, and ends as it ended.
#   REEVE            the command; `reeve` unless set
#   CHECK_PATH       the folder; `.` unless set
#   CHECK_BASE       what to compare with
#   CHECK_FAIL_ON, CHECK_MAX_BLAST   as the options; the command's own unless set
#   CHECK_REPORTS    where the reports go; `reeve-check` unless set
#   CHECK_FORMAT     what to print; `text` unless set
set -u
reports=${CHECK_REPORTS:-reeve-check}
base=${CHECK_BASE:-}
if [ -z "$base" ]; then
  echo 'reeve: there is nothing to compare with: run this for a pull request, or set the base' >&2
  exit 2
fi
mkdir -p "$reports" || exit 2

# A clone for one build seldom has the other branch.
case $base in
  origin/*)
    git -C "${CHECK_PATH:-.}" rev-parse --verify --quiet --end-of-options "$base^{commit}" > /dev/null ||
      git -C "${CHECK_PATH:-.}" fetch --no-tags origin "+refs/heads/${base#origin/}:refs/remotes/$base" ||
      echo "reeve: $base could not be fetched" >&2
    ;;
esac

set -- check "${CHECK_PATH:-.}" --base "$base" --format "${CHECK_FORMAT:-text}"
[ -z "${CHECK_FAIL_ON:-}" ] || set -- "$@" --fail-on "$CHECK_FAIL_ON"
[ -z "${CHECK_MAX_BLAST:-}" ] || set -- "$@" --max-blast "$CHECK_MAX_BLAST"
for kind in sarif json markdown junit; do
  rm -f "$reports/check.$kind"
  set -- "$@" --report "$kind=$reports/check.$kind"
done
"${REEVE:-reeve}" "$@"
status=$?

case $status in
  0) verdict=passed ;;
  1) verdict=rejected ;;
  *) verdict=failed ;;
esac
if [ -n "${GITHUB_OUTPUT:-}" ]; then
  echo "verdict=$verdict" >> "$GITHUB_OUTPUT"
  for kind in sarif json markdown; do
    [ ! -s "$reports/check.$kind" ] || echo "$kind=$reports/check.$kind" >> "$GITHUB_OUTPUT"
  done
fi
if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -s "$reports/check.markdown" ]; then
  cat "$reports/check.markdown" >> "$GITHUB_STEP_SUMMARY"
fi
exit "$status"
