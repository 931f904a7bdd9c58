/** @returns a WebSocket text frame from a server (RFC 6455 §5.2: final, unmasked) of these parts. */
export function textFrame(head: string, body: Buffer): Buffer {
  const headLength = Buffer.byteLength(head);
  const length = headLength + body.length;
  const start = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = 0x81;
  if (start === 2) frame[1] = length;
  else if (start === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(head, start);
  body.copy(frame, start + headLength);
  return frame;
}
