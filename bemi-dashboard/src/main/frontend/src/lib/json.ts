/**
 * JSON as the server wrote it. `JSON.parse` would round numbers (2^63, 1.10), which an audit trail must not:
 * a number that a double does not give back as it was written is kept as `Exact`.
 */
export type Json = null | boolean | number | string | Exact | Json[] | JsonObject;

export interface JsonObject {
	[key: string]: Json;
}

/** A number by its text. */
export class Exact {
	constructor(readonly text: string) {}

	toString(): string {
		return this.text;
	}
}

export function isObject(value: Json | undefined): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Exact);
}

/** Reads JSON; throws a SyntaxError that says where it is wrong. */
export function parseJson(text: string): Json {
	let at = 0;

	function fail(): never {
		const found = at < text.length ? `'${text[at]}'` : 'the end';
		throw new SyntaxError(`Not JSON: unexpected ${found} at ${at}`);
	}

	function space(): void {
		while (at < text.length && ' \n\r\t'.includes(text[at]!)) {
			at++;
		}
	}

	function word<T extends Json>(literal: string, value: T): T {
		if (!text.startsWith(literal, at)) {
			fail();
		}
		at += literal.length;
		return value;
	}

	function string(): string {
		const start = at++;
		let simple = true;
		for (; at < text.length; at++) {
			const code = text.charCodeAt(at);
			if (code === 34) {
				at++;
				return simple ? text.slice(start + 1, at - 1) : (JSON.parse(text.slice(start, at)) as string);
			}
			if (code === 92) {
				simple = false;
				at++;
			} else if (code < 32) {
				fail();
			}
		}
		return fail();
	}

	function number(): number | Exact {
		NUMBER.lastIndex = at;
		const match = NUMBER.exec(text);
		if (!match) {
			fail();
		}
		at += match[0].length;
		const value = Number(match[0]);
		return String(value) === match[0] ? value : new Exact(match[0]);
	}

	function array(): Json[] {
		const values: Json[] = [];
		at++;
		space();
		if (text[at] === ']') {
			at++;
			return values;
		}
		for (;;) {
			values.push(value());
			if (text[at] === ']') {
				at++;
				return values;
			}
			if (text[at++] !== ',') {
				at--;
				fail();
			}
		}
	}

	function object(): JsonObject {
		const entries: [string, Json][] = [];
		at++;
		space();
		if (text[at] === '}') {
			at++;
			return {};
		}
		for (;;) {
			space();
			if (text[at] !== '"') {
				fail();
			}
			const key = string();
			space();
			if (text[at++] !== ':') {
				at--;
				fail();
			}
			entries.push([key, value()]);
			if (text[at] === '}') {
				at++;
				return Object.fromEntries(entries);
			}
			if (text[at++] !== ',') {
				at--;
				fail();
			}
		}
	}

	function value(): Json {
		space();
		let result: Json;
		switch (text[at]) {
			case '{':
				result = object();
				break;
			case '[':
				result = array();
				break;
			case '"':
				result = string();
				break;
			case 't':
				result = word('true', true);
				break;
			case 'f':
				result = word('false', false);
				break;
			case 'n':
				result = word('null', null);
				break;
			default:
				result = number();
		}
		space();
		return result;
	}

	const result = value();
	if (at < text.length) {
		fail();
	}
	return result;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Writes JSON; exact numbers as they were read. `indent` 0 means one line. */
export function writeJson(value: Json, indent = 0, depth = 0): string {
	if (value instanceof Exact) {
		return value.text;
	}
	const line = indent > 0 ? '\n' + ' '.repeat(indent * (depth + 1)) : '';
	const end = indent > 0 ? '\n' + ' '.repeat(indent * depth) : '';
	const comma = indent > 0 ? ',' : ', ';
	if (Array.isArray(value)) {
		return value.length === 0 ? '[]' : '[' + value.map((item) => line + writeJson(item, indent, depth + 1)).join(comma) + end + ']';
	}
	if (isObject(value)) {
		const entries = Object.entries(value);
		return entries.length === 0
			? '{}'
			: '{' + entries.map(([key, item]) => `${line}${JSON.stringify(key)}: ${writeJson(item, indent, depth + 1)}`).join(comma) + end + '}';
	}
	return JSON.stringify(value);
}

/** Whether both are the same value, whatever the order of keys. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
	if (a === b) {
		return true;
	}
	if (a instanceof Exact && b instanceof Exact) {
		return a.text === b.text;
	}
	if (Array.isArray(a) && Array.isArray(b)) {
		return a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
	}
	if (isObject(a) && isObject(b)) {
		const keys = Object.keys(a);
		return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]));
	}
	return false;
}
