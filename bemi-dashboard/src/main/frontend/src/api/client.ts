import { isObject, parseJson, writeJson, type Json } from '../lib/json';
import { basePath } from '../lib/router';
import type {
	Bucket, Change, ChangePage, Conflict, Count, EmbeddedChange, Instant, Me, RecordDiff, RecordState, Resolution,
	RevertPlan, RevertResult, Selection, Status, TableInfo, Top,
} from './types';

/** An answer that is none: the server's problem, or none at all (`status` 0). */
export class ApiError extends Error {
	constructor(
		readonly status: number,
		readonly title: string,
		message: string,
		readonly conflicts: Conflict[] = [],
	) {
		super(message);
	}
}

export const OFFLINE = 0;

/** The one door to the server. Every method throws an `ApiError`, or an `AbortError` where the caller has given up. */
export class Client {
	csrf: Me['csrf'] = null;

	constructor(readonly root: string) {}

	me(): Promise<Me> {
		return this.get<Me>('/me').then((me) => {
			this.csrf = me.csrf;
			return me;
		});
	}

	status(signal?: AbortSignal): Promise<Status> {
		return this.get('/status', undefined, signal);
	}

	tables(signal?: AbortSignal): Promise<TableInfo[]> {
		return this.get('/tables', undefined, signal);
	}

	changes(filters: URLSearchParams, page: { order: 'newest' | 'oldest'; limit: number; cursor?: string | null }, signal?: AbortSignal): Promise<ChangePage> {
		return this.get('/changes', merge(filters, { order: page.order, limit: String(page.limit), cursor: page.cursor }), signal);
	}

	change(id: string, signal?: AbortSignal): Promise<Change> {
		return this.get(`/changes/${encodeURIComponent(id)}`, undefined, signal);
	}

	streamUrl(filters: URLSearchParams): string {
		return this.url('/changes/stream', filters);
	}

	exportUrl(filters: URLSearchParams, format: 'csv' | 'jsonl'): string {
		return this.url('/export', merge(filters, { format }));
	}

	counts(filters: URLSearchParams, by: string, bucket: Bucket, zone: string, signal?: AbortSignal): Promise<Count[]> {
		return this.get('/counts', merge(filters, { by, bucket, zone }), signal);
	}

	top(filters: URLSearchParams, by: string, limit: number, signal?: AbortSignal): Promise<Top[]> {
		return this.get('/top', merge(filters, { by, limit: String(limit) }), signal);
	}

	record(schema: string, table: string, record: string, at: Instant | null, signal?: AbortSignal): Promise<RecordState> {
		return this.get('/records', merge(new URLSearchParams(), { schema, table, record, at }), signal);
	}

	recordDiff(schema: string, table: string, record: string, from: Instant, to: Instant, signal?: AbortSignal): Promise<RecordDiff> {
		return this.get('/records/diff', merge(new URLSearchParams(), { schema, table, record, from, to }), signal);
	}

	planRevert(selection: Selection, signal?: AbortSignal): Promise<RevertPlan> {
		return this.post('/revert/plan', { selection } as unknown as Json, signal);
	}

	revert(selection: Selection, reason: string, resolutions: Record<string, Resolution>): Promise<RevertResult> {
		return this.post('/revert', { selection, reason, resolutions } as unknown as Json);
	}

	embedded(schema: string, table: string, record: string, cursor: string | null, signal?: AbortSignal): Promise<{ changes: EmbeddedChange[]; next: string | null }> {
		return this.get('/embed/history', merge(new URLSearchParams(), { schema, table, record, cursor }), signal);
	}

	private get<T>(path: string, query?: URLSearchParams, signal?: AbortSignal): Promise<T> {
		return this.send(this.url(path, query), { signal });
	}

	private async post<T>(path: string, body: Json, signal?: AbortSignal): Promise<T> {
		// The token may have changed since the page was opened: sessions end, and begin anew.
		await this.me();
		const headers: Record<string, string> = { 'Content-Type': 'application/json' };
		if (this.csrf) {
			headers[this.csrf.header] = this.csrf.token;
		}
		return this.send(this.url(path), { method: 'POST', headers, body: writeJson(body), signal });
	}

	private url(path: string, query?: URLSearchParams): string {
		const text = query?.toString();
		return this.root + path + (text ? `?${text}` : '');
	}

	private async send<T>(url: string, init: RequestInit & { signal?: AbortSignal | undefined }): Promise<T> {
		let response: Response;
		let text: string;
		try {
			response = await fetch(url, {
				...init,
				headers: { Accept: 'application/json, application/problem+json', 'X-Requested-With': 'XMLHttpRequest', ...init.headers },
				credentials: 'same-origin',
			} as RequestInit);
			text = await response.text();
		} catch (error) {
			if (error instanceof DOMException && error.name === 'AbortError') {
				throw error;
			}
			throw new ApiError(OFFLINE, 'The server cannot be reached', 'Check the connection. The page tries again when it is back.');
		}
		const json = /json/.test(response.headers.get('Content-Type') ?? '');
		if (!response.ok) {
			throw problem(response, json ? text : '');
		}
		if (!json) {
			// A sign-in page, most likely: fetch follows the redirect to it.
			throw new ApiError(401, 'You are signed out', 'Reload the page to sign in again.');
		}
		return parseJson(text) as unknown as T;
	}
}

function merge(query: URLSearchParams, more: Record<string, string | null | undefined>): URLSearchParams {
	const result = new URLSearchParams(query);
	Object.entries(more).forEach(([name, value]) => {
		if (value != null && value !== '') {
			result.set(name, value);
		}
	});
	return result;
}

const TITLES: Record<number, string> = {
	400: 'The question is not understood',
	401: 'You are signed out',
	403: 'You may not see this',
	404: 'Nothing is here',
	409: 'Conflicts',
	503: 'The server is not ready',
};

function problem(response: Response, text: string): ApiError {
	let title = TITLES[response.status] ?? 'The server failed';
	let detail = response.status === 401 ? 'Reload the page to sign in again.' : '';
	let conflicts: Conflict[] = [];
	try {
		const body = parseJson(text);
		if (isObject(body)) {
			title = typeof body['title'] === 'string' ? body['title'] : title;
			detail = typeof body['detail'] === 'string' ? body['detail'] : detail;
			conflicts = Array.isArray(body['conflicts']) ? (body['conflicts'] as unknown as Conflict[]) : [];
		}
	} catch {
		// Not the API's own answer, but a proxy's: the status has to do.
	}
	return new ApiError(response.status, title, detail || `The server answered ${response.status}.`, conflicts);
}

export const client = new Client(basePath() + 'api/v1');
