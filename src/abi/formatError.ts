// Bytes that are not what they claim to be: the one error of the binary parsers, and their one bounds check.

/** Thrown by the parsers of this folder for malformed input; the message says which part, and the numbers. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}

/** A view (no copy) of `lengthBytes` at `offset`. Throws FormatError naming `what` where that leaves the bytes. */
export function extentOf(bytes: Uint8Array, offset: number, lengthBytes: number, what: string): Uint8Array {
  if (offset + lengthBytes > bytes.byteLength) {
    throw new FormatError(
      `${what} ends at byte ${offset + lengthBytes}, beyond the ${bytes.byteLength} there are`,
    );
  }
  return bytes.subarray(offset, offset + lengthBytes);
}

export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
