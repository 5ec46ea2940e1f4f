/** A secret's value: texts by name, such as `username` and `password`, or `value` alone. It never enters a log, an error,
 *  the audit log or an answer, save the one that reads it. */
export type SecretValue = Readonly<Record<string, string>>;
