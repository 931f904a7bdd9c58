/** One log that the emitter is to write: up to four topics, and data, in hex. */
export interface EmittedLog {
  readonly topics: readonly string[];
  readonly data: string;
}

const op = { STOP: 0x00, ADD: 0x01, GT: 0x11, EQ: 0x14, ISZERO: 0x15, CALLDATALOAD: 0x35, CALLDATASIZE: 0x36, CALLDATACOPY: 0x37, POP: 0x50, JUMP: 0x56, JUMPI: 0x57, JUMPDEST: 0x5b, PUSH1: 0x60, PUSH2: 0x61 } as const;
const dup = (depth: number): number => 0x7f + depth;

/**
 * Code of a contract that writes whatever logs its calldata names. Put at the marketplace's address (`anvil_setCode`) it makes any history of
 * events, valid or not, without the rules of the market.
 */
export function emitterCode(): string {
  const code: number[] = [];
  const labels = new Map<string, number>();
  const jumps: { at: number; label: string }[] = [];
  const push = (value: number): number => code.push(op.PUSH1, value);
  const target = (label: string): void => {
    code.push(op.PUSH2, 0, 0);
    jumps.push({ at: code.length - 2, label });
  };
  const place = (label: string): void => {
    labels.set(label, code.length);
    code.push(op.JUMPDEST);
  };
  push(0);
  place("loop"); // [pos]
  code.push(dup(1), op.CALLDATASIZE, op.GT, op.ISZERO);
  target("end");
  code.push(op.JUMPI);
  code.push(dup(1), op.PUSH1, 0x20, op.ADD, op.CALLDATALOAD); // [pos, length]
  code.push(dup(1), dup(3), op.PUSH1, 0xc0, op.ADD, op.PUSH1, 0, op.CALLDATACOPY);
  code.push(dup(2), op.CALLDATALOAD); // [pos, length, topics]
  for (let topics = 0; topics <= 4; topics++) {
    code.push(dup(1), op.PUSH1, topics, op.EQ);
    target(`log${topics}`);
    code.push(op.JUMPI);
  }
  code.push(op.STOP);
  for (let topics = 0; topics <= 4; topics++) {
    place(`log${topics}`);
    for (let topic = topics; topic >= 1; topic--) code.push(dup(3 + topics - topic), op.PUSH1, 0x20 + 0x20 * topic, op.ADD, op.CALLDATALOAD);
    code.push(dup(2 + topics), op.PUSH1, 0, 0xa0 + topics);
    target("next");
    code.push(op.JUMP);
  }
  place("next"); // [pos, length, topics]
  code.push(op.POP, op.ADD, op.PUSH1, 0xc0, op.ADD);
  target("loop");
  code.push(op.JUMP);
  place("end");
  code.push(op.STOP);
  for (const { at, label } of jumps) {
    const position = labels.get(label)!;
    code[at] = position >> 8;
    code[at + 1] = position & 255;
  }
  return `0x${Buffer.from(code).toString("hex")}`;
}

const word = (value: number): string => value.toString(16).padStart(64, "0");

/** @returns the calldata that makes the emitter write these logs, in order. */
export function emitterCall(logs: readonly EmittedLog[]): string {
  return `0x${logs
    .map(({ topics, data }) => {
      const padded = [...topics.map((topic) => topic.slice(2)), ...Array.from({ length: 4 - topics.length }, () => word(0))];
      return [word(topics.length), word((data.length - 2) / 2), ...padded, data.slice(2)].join("");
    })
    .join("")}`;
}
