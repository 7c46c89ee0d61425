import { useEffect, useState } from 'preact/hooks';
import { ApiError, type Client } from '../api/client';
import type { EmbeddedChange } from '../api/types';
import { Loading, OperationBadge, Time } from '../components/Basics';
import { Fields } from '../components/Diff';
import { textOf } from '../lib/metadata';
import { visible } from '../lib/text';

interface Props {
	client: Client;
	schema: string;
	table: string;
	record: string;
	heading: string;
}

/** The history of a record, newest first, to be read only. */
export function History({ client, schema, table, record, heading }: Props) {
	const [changes, setChanges] = useState<EmbeddedChange[] | null>(null);
	const [next, setNext] = useState<string | null>(null);
	const [loading, setLoading] = useState(true);
	const [error, setError] = useState<ApiError | null>(null);

	const load = (cursor: string | null, signal?: AbortSignal) => {
		setLoading(true);
		setError(null);
		client.embedded(schema, table, record, cursor, signal).then(
			(page) => {
				if (!signal?.aborted) {
					setChanges((before) => (cursor ? [...(before ?? []), ...page.changes] : page.changes));
					setNext(page.next);
					setLoading(false);
				}
			},
			(failure: unknown) => {
				if (!signal?.aborted) {
					setError(failure instanceof ApiError ? failure : new ApiError(-1, 'The answer is not understood', ''));
					setLoading(false);
				}
			},
		);
	};
	useEffect(() => {
		const abort = new AbortController();
		load(null, abort.signal);
		return () => abort.abort();
	}, []);

	return (
		<section class="history" part="history" aria-label={heading} aria-busy={loading}>
			<p class="history-heading" part="heading">{heading}</p>
			{changes?.length === 0 && <p class="muted" part="empty">Nothing has changed yet.</p>}
			<ol class="history-list" part="list">
				{(changes ?? []).map((change, index) => (
					<li key={index} class="history-item" part="item">
						<div class="history-head">
							<OperationBadge operation={change.operation} />
							<span part="user">{visible(textOf(change.user) ?? 'somebody')}</span>
							<span class="history-time" part="time"><Time at={change.committedAt} /></span>
						</div>
						{change.operation === 'UPDATE'
							? <Fields diff={change.diff} masked={change.masked} />
							: <details class="collapsed"><summary>{change.operation === 'DELETE' ? 'What it was' : 'What it began as'}</summary><Fields side={change.operation === 'DELETE' ? 'old' : 'new'} diff={change.diff} masked={change.masked} /></details>}
					</li>
				))}
			</ol>
			{loading && !changes && <Loading what="the history" rows={3} />}
			{error && (
				<div class="history-error" part="error" role="alert">
					<p>{error.status === 401 || error.status === 403 ? 'You may not see this history.' : error.status === 0 ? 'The server cannot be reached.' : error.message}</p>
					{error.status !== 401 && error.status !== 403 && <button type="button" class="button" part="button" onClick={() => load(next)}>Try again</button>}
				</div>
			)}
			{next && !error && <button type="button" class="button" part="button" disabled={loading} onClick={() => load(next)}>Show older</button>}
		</section>
	);
}
