import { describe, expect, it } from 'vitest';
import { jsonDiff } from '../src/lib/jsonDiff';
import { alike, shorten, wordDiff } from '../src/lib/words';

describe('the difference of texts', () => {
	it('is told word by word', () => {
		expect(wordDiff('call in the morning', 'call in the evening')).toEqual([
			{ kind: 'same', text: 'call in the ' },
			{ kind: 'removed', text: 'morning' },
			{ kind: 'added', text: 'evening' },
		]);
	});

	it('gives both texts back', () => {
		const old = 'One  two\nthree, four.\tFive';
		const now = 'Zero one two\nthree four. Five six';
		const parts = wordDiff(old, now)!;
		expect(parts.filter((part) => part.kind !== 'added').map((part) => part.text).join('')).toBe(old);
		expect(parts.filter((part) => part.kind !== 'removed').map((part) => part.text).join('')).toBe(now);
	});

	it('is not looked for in texts that are too large', () => {
		expect(wordDiff('a'.repeat(150_000), 'b'.repeat(150_000))).toBeNull();
	});

	it('ends soon where texts have little in common', () => {
		const words = (seed: number) => Array.from({ length: 8000 }, (_, index) => `w${(index * seed) % 7919}`).join(' ');
		const start = performance.now();
		wordDiff(words(13), words(17));
		expect(performance.now() - start).toBeLessThan(5000);
	});

	it('is for texts that are alike', () => {
		expect(alike(wordDiff('call in the morning', 'call in the evening')!)).toBe(true);
		expect(alike(wordDiff('one two three.', 'something of an entirely other kind.')!)).toBe(false);
	});

	it('leaves out the middle of what stayed', () => {
		const long = 'x'.repeat(1000);
		expect(shorten([{ kind: 'same', text: long }, { kind: 'added', text: long }], 10)).toEqual([
			{ kind: 'same', text: ' … xxxxxxxxxx' },
			{ kind: 'added', text: long },
		]);
	});
});

describe('the difference of JSON', () => {
	it('is a tree', () => {
		const node = jsonDiff({ city: 'Oslo', zip: '1', geo: { lat: 1 } }, { city: 'Porto', geo: { lat: 1 }, floor: null });
		expect(node.mark).toBe('inside');
		expect(node.children!.map((child) => [child.key, child.mark])).toEqual([['city', 'changed'], ['zip', 'removed'], ['geo', 'same'], ['floor', 'added']]);
	});

	it('finds what was put into an array', () => {
		const node = jsonDiff([1, 2, 3], [1, 9, 2, 3]);
		expect(node.children!.map((child) => child.mark)).toEqual(['same', 'added', 'same', 'same']);
	});

	it('finds what was taken out of an array', () => {
		const node = jsonDiff(['a', 'b', 'c'], ['a', 'c']);
		expect(node.children!.map((child) => [child.mark, child.old])).toEqual([['same', 'a'], ['removed', 'b'], ['same', 'c']]);
	});

	it('takes another kind for a change', () => {
		expect(jsonDiff({ a: 1 }, [1]).mark).toBe('changed');
	});

	it('takes a key named like a member of Object for a key', () => {
		expect(jsonDiff({}, { constructor: 1 }).children).toEqual([{ key: 'constructor', mark: 'added', new: 1 }]);
	});
});
