import { vi } from 'vitest';
import { writeJson, type Json } from '../src/lib/json';

export interface Call {
	method: string;
	path: string;
	query: URLSearchParams;
	body: unknown;
	headers: Record<string, string>;
}

export const ME = {
	user: 'ann', canRead: true, canRevert: true, csrf: { header: 'X-CSRF-TOKEN', token: 't-1' }, traceUrl: null, application: 'shop', zone: 'UTC',
};
export const STATUS = {
	state: 'CONNECTED', message: 'All is well', advice: null, lagBytes: 0, lagSeconds: 0.1, lastCommit: null, baseline: { tables: 1, completed: 1, rows: 1 }, gaps: [], untracked: [],
};
export const TABLES = [{ database: 'shop', schema: 'public', table: 'todo', columns: ['id', 'task'], hasKey: true, key: ['id'] }];

/** Answers what a page asks; `[status, body]` is a problem, an Error is no connection. */
export function serve(answers: Record<string, unknown | ((call: Call) => unknown)>): Call[] {
	const calls: Call[] = [];
	const all: Record<string, unknown> = { '/me': ME, '/status': STATUS, '/tables': TABLES, ...answers };
	vi.stubGlobal('fetch', async (address: string, init: RequestInit = {}) => {
		const url = new URL(address, 'http://localhost');
		const path = url.pathname.replace(/^.*\/api\/v1/, '');
		const call = { method: init.method ?? 'GET', path, query: url.searchParams, body: init.body ? JSON.parse(String(init.body)) : null, headers: (init.headers ?? {}) as Record<string, string> };
		calls.push(call);
		const answer = all[path];
		const value = typeof answer === 'function' ? (answer as (call: Call) => unknown)(call) : answer;
		if (value instanceof Error) {
			throw new TypeError('Failed to fetch');
		}
		const failed = Array.isArray(value) && typeof value[0] === 'number' && value.length === 2;
		const status = value === undefined ? 404 : failed ? (value[0] as number) : 200;
		const body = value === undefined ? { title: 'Not found', detail: path } : failed ? value[1] : value;
		return new Response(writeJson(body as Json), { status, headers: { 'Content-Type': status === 200 ? 'application/json' : 'application/problem+json' } });
	});
	return calls;
}

/** Stands in for the browser's event streams. */
export class FakeEventSource extends EventTarget {
	static readonly CLOSED = 2;
	static all: FakeEventSource[] = [];
	readyState = 0;
	onopen: (() => void) | null = null;
	onerror: (() => void) | null = null;

	constructor(readonly url: string) {
		super();
		FakeEventSource.all.push(this);
	}

	open(): void {
		this.readyState = 1;
		this.onopen?.();
	}

	send(data: Json): void {
		this.dispatchEvent(new MessageEvent('change', { data: writeJson(data) }));
	}

	fail(closed: boolean): void {
		this.readyState = closed ? 2 : 0;
		this.onerror?.();
	}

	close(): void {
		this.readyState = 2;
	}
}
