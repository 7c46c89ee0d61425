import { Exact, isObject, type Json } from '../lib/json';
import { visible } from '../lib/text';

const LONG = 600;

/** One value as it is stored: texts as texts, JSON as a tree. */
export function Value({ value }: { value: Json | undefined }) {
	if (value === undefined) {
		return <span class="none">absent</span>;
	}
	if (value === null) {
		return <span class="none">null</span>;
	}
	if (value === '') {
		return <span class="none">empty text</span>;
	}
	if (typeof value === 'string') {
		return <Text value={value} />;
	}
	if (typeof value === 'object' && !(value instanceof Exact)) {
		return <Tree value={value} />;
	}
	return <span class="literal">{String(value)}</span>;
}

function Text({ value }: { value: string }) {
	if (value.length <= LONG) {
		return <span class="text">{visible(value)}</span>;
	}
	return (
		<details class="long">
			<summary>
				<span class="text">{visible(value.slice(0, LONG / 4))}…</span> <span class="muted">{value.length} characters</span>
			</summary>
			<span class="text">{visible(value)}</span>
		</details>
	);
}

/** JSON as a tree; what is large or deep starts closed. */
export function Tree({ value, name = null, depth = 0 }: { value: Json; name?: string | null; depth?: number }) {
	const label = name === null ? null : <span class="key">{visible(name)}</span>;
	const inner = Array.isArray(value) ? value.map((item, index) => [String(index), item] as const) : isObject(value) ? Object.entries(value) : null;
	if (!inner || inner.length === 0) {
		return <div class="leaf">{label}{inner ? <span class="none">{brackets(value)}</span> : <Value value={value} />}</div>;
	}
	return (
		<details class="tree" open={depth < 2 && inner.length <= 20}>
			<summary>{label}<span class="muted">{summaryOf(value, inner.length)}</span></summary>
			<div class="branch">
				{inner.map(([key, item]) => <Tree key={key} name={key} value={item} depth={depth + 1} />)}
			</div>
		</details>
	);
}

function brackets(value: Json): string {
	return Array.isArray(value) ? '[ ]' : '{ }';
}

export function summaryOf(value: Json, size: number): string {
	return Array.isArray(value) ? `[ ${size} ]` : `{ ${size} }`;
}
