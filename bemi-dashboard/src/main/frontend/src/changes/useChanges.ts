import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, client } from '../api/client';
import { listen, type StreamState } from '../api/stream';
import type { Change } from '../api/types';

const PAGE = 50;
/** More than these that wait are not kept: the list is loaded anew instead. */
const MOST_WAITING = 300;

export interface ChangeList {
	changes: Change[] | null;
	/** Whether older ones are there. */
	more: boolean;
	loading: boolean;
	error: ApiError | null;
	loadMore: () => void;
	retry: () => void;
	/** How many have come that are not shown yet. */
	waiting: number;
	showWaiting: () => void;
	stream: StreamState | 'off';
	/** Ids of those that came while the page was open. */
	fresh: ReadonlySet<string>;
}

/** Puts those that are not in the list yet in front of it. */
export function prepend(list: Change[], newer: Change[]): Change[] {
	const known = new Set(list.map((change) => change.id));
	const added = newer.filter((change) => !known.has(change.id));
	return added.length === 0 ? list : [...added, ...list];
}

/**
 * The list of changes, newest first, endless by cursor and live by events.
 * @param query the filters, as the API takes them; null asks nothing
 * @param live whether to listen
 * @param hold whether what comes has to wait, as the viewer reads further below
 */
export function useChanges(query: string | null, live: boolean, hold: () => boolean): ChangeList {
	const [changes, setChanges] = useState<Change[] | null>(null);
	const [next, setNext] = useState<string | null>(null);
	const [loading, setLoading] = useState(true);
	const [error, setError] = useState<ApiError | null>(null);
	const [waiting, setWaiting] = useState<Change[]>([]);
	const [stream, setStream] = useState<StreamState | 'off'>('off');
	const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
	const [round, setRound] = useState(0);
	const visible = useVisible();
	const abort = useRef<AbortController>(new AbortController());
	const shown = useRef<Change[]>([]);
	shown.current = changes ?? [];
	/** Whether the first page has come, once that is known. */
	const first = useRef<Promise<boolean>>(Promise.resolve(false));

	const load = useCallback(
		(cursor: string | null) => {
			const { signal } = abort.current;
			if (query === null) {
				setLoading(false);
				return;
			}
			setLoading(true);
			setError(null);
			const loaded = client.changes(new URLSearchParams(query), { order: 'newest', limit: PAGE, cursor }, signal).then(
				(page) => {
					if (!signal.aborted) {
						setChanges((before) => (cursor === null ? prepend(page.changes, before ?? []) : append(before ?? [], page.changes)));
						setNext(page.next);
						setLoading(false);
						if (cursor === null) {
							shown.current = page.changes;
						}
					}
					return !signal.aborted;
				},
				(failure: unknown) => {
					if (!signal.aborted) {
						setError(failure instanceof ApiError ? failure : new ApiError(-1, 'The answer is not understood', String(failure)));
						setLoading(false);
					}
					return false;
				},
			);
			if (cursor === null) {
				first.current = loaded;
			}
		},
		[query],
	);

	useEffect(() => {
		abort.current = new AbortController();
		setChanges(null);
		setNext(null);
		setWaiting([]);
		setFresh(new Set());
		setError(null);
		load(null);
		return () => abort.current.abort();
	}, [query, round, load]);

	const arrive = useCallback((arrived: Change[]) => {
		const known = new Set(shown.current.map((change) => change.id));
		const added = arrived.filter((change) => !known.has(change.id));
		if (added.length === 0) {
			return;
		}
		if (hold()) {
			setWaiting((before) => prepend(before, added));
			return;
		}
		setFresh((before) => new Set([...before, ...added.map((change) => change.id)]));
		setChanges((before) => prepend(before ?? [], added));
	}, []);

	const refused = error?.status === 400;
	useEffect(() => {
		if (!live || refused || query === null || !visible) {
			setStream('off');
			return undefined;
		}
		let buffer: Change[] = [];
		let timer: ReturnType<typeof setTimeout> | undefined;
		let ended = false;
		const flush = () => {
			timer = undefined;
			arrive(buffer.reverse());
			buffer = [];
		};
		const end = listen(
			client.streamUrl(new URLSearchParams(query)),
			(change) => {
				buffer.push(change);
				timer ??= setTimeout(flush, 250);
			},
			(state) => {
				setStream(state);
				if (state === 'live') {
					// What was written between the first page and the start of listening, or while the connection was lost.
					Promise.all([client.changes(new URLSearchParams(query), { order: 'newest', limit: PAGE }), first.current]).then(
						([page, loaded]) => {
							const known = new Set(shown.current.map((change) => change.id));
							if (ended || !loaded) {
								return;
							}
							if (page.changes.length === PAGE && !page.changes.some((change) => known.has(change.id))) {
								setRound((value) => value + 1);
							} else {
								arrive(page.changes);
							}
						},
						() => {},
					);
				}
			},
		);
		return () => {
			ended = true;
			clearTimeout(timer);
			end();
		};
	}, [query, live, refused, visible, round, arrive]);

	const showWaiting = useCallback(() => {
		setWaiting((held) => {
			if (held.length > MOST_WAITING) {
				setRound((value) => value + 1);
			} else {
				setFresh((before) => new Set([...before, ...held.map((change) => change.id)]));
				setChanges((before) => prepend(before ?? [], held));
			}
			return [];
		});
	}, []);

	return {
		changes,
		more: next !== null,
		loading,
		error,
		loadMore: () => !loading && next !== null && load(next),
		retry: () => (changes === null ? setRound((value) => value + 1) : load(next)),
		waiting: waiting.length,
		showWaiting,
		stream,
		fresh,
	};
}

function append(list: Change[], older: Change[]): Change[] {
	const known = new Set(list.map((change) => change.id));
	return [...list, ...older.filter((change) => !known.has(change.id))];
}

/** Whether the page is seen: one in the background need not hold a connection. */
function useVisible(): boolean {
	const [visible, setVisible] = useState(document.visibilityState !== 'hidden');
	useEffect(() => {
		const update = () => setVisible(document.visibilityState !== 'hidden');
		document.addEventListener('visibilitychange', update);
		return () => document.removeEventListener('visibilitychange', update);
	}, []);
	return visible;
}
