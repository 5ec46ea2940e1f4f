/** Who has set which keys of the data of a running cluster's Secret, in the place of its values. */
export interface DataManager {
  /** `kubectl-edit`. */
  readonly manager: string;
  /** When it last wrote to the object, RFC 3339. */
  readonly time: string;
  readonly keys: readonly string[];
}

/** The member of a Secret's value that holds them; a name that no API server gives. */
export const DATA_MANAGERS = 'reeve.dev/data-managers';
