import { isObject, sameJson, type Json } from './json';

/** What became of a node of a JSON tree. */
export type Mark = 'same' | 'added' | 'removed' | 'changed' | 'inside';

export interface DiffNode {
	key: string | null;
	mark: Mark;
	old?: Json;
	new?: Json;
	/** Present where the mark is `inside`: both are objects or arrays that differ somewhere below. */
	children?: DiffNode[];
}

/** Compares two JSON values node by node; arrays by index, after what they begin and end with alike. */
export function jsonDiff(old: Json, now: Json, key: string | null = null): DiffNode {
	if (sameJson(old, now)) {
		return { key, mark: 'same', old, new: now };
	}
	if (isObject(old) && isObject(now)) {
		const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])];
		return { key, mark: 'inside', old, new: now, children: keys.map((name) => child(name, has(old, name), has(now, name))) };
	}
	if (Array.isArray(old) && Array.isArray(now)) {
		return { key, mark: 'inside', old, new: now, children: arrayChildren(old, now) };
	}
	return { key, mark: 'changed', old, new: now };
}

function has(object: Record<string, Json>, key: string): Json | undefined {
	return Object.hasOwn(object, key) ? object[key] : undefined;
}

function child(key: string, old: Json | undefined, now: Json | undefined): DiffNode {
	if (old === undefined) {
		return { key, mark: 'added', new: now };
	}
	if (now === undefined) {
		return { key, mark: 'removed', old };
	}
	return jsonDiff(old, now, key);
}

function arrayChildren(old: Json[], now: Json[]): DiffNode[] {
	const shorter = Math.min(old.length, now.length);
	let head = 0;
	while (head < shorter && sameJson(old[head], now[head])) {
		head++;
	}
	let tail = 0;
	while (tail < shorter - head && sameJson(old[old.length - 1 - tail], now[now.length - 1 - tail])) {
		tail++;
	}
	const nodes: DiffNode[] = [];
	const same = (from: number, to: number) => {
		for (let index = from; index < to; index++) {
			nodes.push({ key: String(index), mark: 'same', old: now[index], new: now[index] });
		}
	};
	same(0, head);
	const oldEnd = old.length - tail;
	const nowEnd = now.length - tail;
	for (let index = head; index < Math.max(oldEnd, nowEnd); index++) {
		nodes.push(child(String(index), index < oldEnd ? old[index] : undefined, index < nowEnd ? now[index] : undefined));
	}
	same(nowEnd, now.length);
	return nodes;
}
