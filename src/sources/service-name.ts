/** One word that a person can see: no white space, no slash, no controls, and nothing that is not drawn, by which one name
 *  would look as another. */
const WORD = /^[^\s/\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Default_Ignorable_Code_Point}]{1,255}$/u;
const MAX_NAME_LENGTH = 200;

/** Whether a text may name a service, its namespace or its environment: at most 200 characters. */
export function isServiceName(text: string): boolean {
  return text.length <= MAX_NAME_LENGTH && WORD.test(text);
}

/** Whether a text may be a host, by its characters alone: at most 255 of them. */
export function isHostName(text: string): boolean {
  return WORD.test(text);
}
