#!/bin/sh
# Writes the report into a comment of a pull request, in the place of the one before.
#   GH_TOKEN, REPOSITORY, PULL_REQUEST   for the GitHub CLI
#   COMMENT                              the file
set -eu
known=$(gh api --paginate "repos/$REPOSITORY/issues/$PULL_REQUEST/comments" \
  --jq '.[] | select(.user.type == "Bot" and (.body | startswith("<!-- reeve check -->"))) | .id' | head -n 1)
if [ -n "$known" ]; then
  gh api --method PATCH "repos/$REPOSITORY/issues/comments/$known" --field "body=@$COMMENT" > /dev/null
else
  gh api --method POST "repos/$REPOSITORY/issues/$PULL_REQUEST/comments" --field "body=@$COMMENT" > /dev/null
fi
