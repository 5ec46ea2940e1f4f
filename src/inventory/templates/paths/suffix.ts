const FILES = `7z aac apk atom avi avif bak bin bmp bz2 cfg cgi class conf css csv cur dat db deb dmg do doc
  docx eot epub exe flac gif gz heic htm html ico ics ini jar jpeg jpg js json jsonl jsonp jsp jsx key kml
  less log m3u8 m4a map md mjs mov mp3 mp4 mpd mpeg mpg msi ndjson odt ogg otf parquet pbf pdf pem php png
  ppt pptx proto ps psd py rar rb rdf rss rtf scss sh sql svg svgz swf tar tgz tif tiff toml ts tsv ttf txt
  vcf wasm wav webm webmanifest webp wmv woff woff2 wsdl xht xhtml xls xlsx xml xsd xsl yaml yml zip`;
const EXTENSIONS: ReadonlySet<string> = new Set(FILES.split(/\s+/));
const VERB = /:[A-Za-z][A-Za-z_]*$/;
const EXTENSION = /\.([A-Za-z][A-Za-z0-9]{0,10})$/;

/** The part of a segment that follows its value and is literal: a file extension (`.json`) or a custom
 *  method (`:cancel`); empty where there is none.
 *  @see Google AIP-136 for custom methods */
export function suffixOf(segment: string): string {
  const verb = VERB.exec(segment);
  if (verb) return verb.index > 0 ? verb[0] : '';
  const extension = EXTENSION.exec(segment);
  if (!extension || extension.index === 0) return '';
  return EXTENSIONS.has((extension[1] ?? '').toLowerCase()) ? extension[0] : '';
}
