import { describe, expect, it } from 'vitest';
import { Exact, parseJson, sameJson, writeJson } from '../src/lib/json';

describe('JSON', () => {
	it('keeps numbers that a double would round', () => {
		const text = '{"big": 9223372036854775807, "price": 1.10, "small": 1e-7, "plain": 42, "half": 0.5}';
		const value = parseJson(text) as Record<string, unknown>;
		expect(value['big']).toEqual(new Exact('9223372036854775807'));
		expect(value['price']).toEqual(new Exact('1.10'));
		expect(value['plain']).toBe(42);
		expect(value['half']).toBe(0.5);
		expect(writeJson(value as never)).toBe(text);
	});

	it('reads what JSON.parse reads', () => {
		for (const text of ['null', ' true ', '[]', '[1, [2, {}]]', '{"a": "\\u0041\\n\\"", "": null}', '"\\\\"', '-0.25', '{"__proto__": 1}']) {
			expect(parseJson(text)).toEqual(JSON.parse(text));
		}
	});

	it.each(['', '{', '[1,]', '{"a" 1}', '01', '"a', 'nul', '1 2', "'a'", '{"a": 1,}', '"\n"', '-'])('refuses %j', (text) => {
		expect(() => parseJson(text)).toThrow(SyntaxError);
	});

	it('says where it is wrong', () => {
		expect(() => parseJson('{"a": x}')).toThrow("unexpected 'x' at 6");
	});

	it('writes what JSON.stringify writes, indented', () => {
		const value = { a: [1, { b: null }], c: {}, d: [], 'e"': 'text\n' };
		expect(writeJson(value, 2)).toBe(JSON.stringify(value, null, 2));
	});

	it('compares whatever the order of keys', () => {
		expect(sameJson({ a: 1, b: [null] }, { b: [null], a: 1 })).toBe(true);
		expect(sameJson(parseJson('1.10'), parseJson('1.1'))).toBe(false);
		expect(sameJson({ a: 1 }, { b: 1 })).toBe(false);
		expect(sameJson([1, 2], [2, 1])).toBe(false);
		expect(sameJson({}, [])).toBe(false);
	});
});
