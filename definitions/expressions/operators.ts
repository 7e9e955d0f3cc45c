/** CEL's operators on two values. Pure; runs inside the workflow sandbox. */
import { entriesOf, fieldOf, isList, isMap, sizeOf, type Cel } from './cel-value.ts';
import type { ExpressionErrorCode } from './expression-error.ts';
import type { Meter } from './meter.ts';

const MAX_INT = 2n ** 63n - 1n;
const MIN_INT = -(2n ** 63n);

/** Why an operator or a function has no value; becomes an `ExpressionError` at its place in the expression. */
export class NoValue extends Error {
  readonly code: ExpressionErrorCode;

  constructor(code: ExpressionErrorCode, reason: string) {
    super(reason);
    this.code = code;
  }
}

/** The type of a value, in CEL's words. */
export function typeName(value: Cel): string {
  if (value === null) return 'null';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'double';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  return isList(value) ? 'list' : 'map';
}

function noOverload(left: Cel, operator: string, right: Cel): NoValue {
  return new NoValue('EXPRESSION_TYPE', `no such overload: ${typeName(left)} ${operator} ${typeName(right)}`);
}

/** An int in CEL's range. */
export function int(value: bigint): bigint {
  if (value <= MAX_INT && value >= MIN_INT) return value;
  throw new NoValue('EXPRESSION_FAILED', `integer overflow: ${value}`);
}

type Compute<T> = (left: T, right: T) => T;

const INTS: { readonly [operator: string]: Compute<bigint> } = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / divisor(right, 'division'),
  '%': (left, right) => left % divisor(right, 'modulo'),
};
const DOUBLES: { readonly [operator: string]: Compute<number> } = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': remainder,
};

function divisor(value: bigint, what: string): bigint {
  if (value === 0n) throw new NoValue('EXPRESSION_FAILED', `${what} by zero`);
  return value;
}

/** CEL has none for doubles; the numbers of JSON that are whole have one here. */
function remainder(left: number, right: number): number {
  if (!Number.isInteger(left) || !Number.isInteger(right))
    throw new NoValue('EXPRESSION_TYPE', `% needs whole numbers, not ${left} % ${right}`);
  if (right === 0) throw new NoValue('EXPRESSION_FAILED', 'modulo by zero');
  return left % right;
}

/** `+ - * / %`. Two ints make an int, any other two numbers a double. Throws `NoValue`. */
export function calculate(operator: string, left: Cel, right: Cel, meter: Meter): Cel {
  const ofInts = INTS[operator];
  const ofDoubles = DOUBLES[operator];
  if (ofInts === undefined || ofDoubles === undefined) throw noOverload(left, operator, right);
  if (typeof left === 'bigint' && typeof right === 'bigint') return int(ofInts(left, right));
  if (isNumber(left) && isNumber(right)) return ofDoubles(Number(left), Number(right));
  if (operator !== '+') throw noOverload(left, operator, right);
  if (typeof left === 'string' && typeof right === 'string') {
    meter.text(left.length + right.length);
    return left + right;
  }
  if (!isList(left) || !isList(right)) throw noOverload(left, operator, right);
  meter.elements(left.length + right.length);
  return oneKindOfNumber([...left, ...right]);
}

function isNumber(value: Cel): value is bigint | number {
  return typeof value === 'bigint' || typeof value === 'number';
}

/** The numbers of one list are of one kind: beside a double, all are doubles. */
export function oneKindOfNumber(list: readonly Cel[]): readonly Cel[] {
  const isMixed =
    list.some((item) => typeof item === 'number') && list.some((item) => typeof item === 'bigint');
  return isMixed ? list.map((item) => (typeof item === 'bigint' ? Number(item) : item)) : list;
}

/** Whether two values are equal. Values of different types are not; an int and a double are numbers. */
export function equal(left: Cel, right: Cel, meter: Meter): boolean {
  meter.step();
  if (typeof left === 'string' && typeof right === 'string') {
    if (left.length !== right.length) return false;
    meter.read(left.length);
    return left === right;
  }
  if (typeof left === 'bigint' && typeof right === 'number') return sameNumber(left, right);
  if (typeof left === 'number' && typeof right === 'bigint') return sameNumber(right, left);
  if (isList(left) && isList(right))
    return (
      left.length === right.length && left.every((item, index) => equal(item, right[index] ?? null, meter))
    );
  if (isMap(left) && isMap(right)) {
    const [size, otherSize] = [sizeOf(left), sizeOf(right)];
    meter.fields(size + otherSize);
    if (size !== otherSize) return false;
    return entriesOf(left).every(([key, field]) => {
      const other = fieldOf(right, key);
      return other !== undefined && equal(field, other, meter);
    });
  }
  return left === right;
}

function sameNumber(left: bigint, right: number): boolean {
  return Number.isInteger(right) && BigInt(right) === left;
}

/** `< <= > >=`. Throws `NoValue` for values that have no order. */
export function compare(operator: string, left: Cel, right: Cel, meter: Meter): boolean {
  if (isNumber(left) && isNumber(right)) return holds(operator, left, right);
  if (typeof left === 'boolean' && typeof right === 'boolean')
    return holds(operator, Number(left), Number(right));
  if (typeof left !== 'string' || typeof right !== 'string') throw noOverload(left, operator, right);
  meter.read(Math.min(left.length, right.length));
  return holds(operator, order(left, right), 0);
}

function holds(operator: string, left: number | bigint, right: number | bigint): boolean {
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  return operator === '>' ? left > right : left >= right;
}

/** Texts are ordered by their code points. */
function order(left: string, right: string): number {
  const most = Math.min(left.length, right.length);
  let index = 0;
  while (index < most && left.charCodeAt(index) === right.charCodeAt(index)) index += 1;
  if (index === most) return left.length - right.length;
  return rank(left.charCodeAt(index)) - rank(right.charCodeAt(index));
}

/** The halves of what lies beyond U+FFFF come after all that does not. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x1_0000 : unit;
}

/** `left in right`. Throws `NoValue` where the right is neither a list nor a map. */
export function isIn(left: Cel, right: Cel, meter: Meter): boolean {
  if (isList(right)) return right.some((item) => equal(left, item, meter));
  if (isMap(right)) return fieldOf(right, left) !== undefined;
  throw noOverload(left, 'in', right);
}
