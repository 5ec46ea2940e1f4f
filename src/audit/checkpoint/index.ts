export { type Checkpoint, readCheckpoint, signCheckpoint } from './checkpoint.ts';
export {
  type NoteSigner,
  type NoteVerifier,
  noteSigner,
  noteVerifier,
  readNote,
  type SignedNote,
  type SignerKind,
  signatureOf,
} from './note.ts';
