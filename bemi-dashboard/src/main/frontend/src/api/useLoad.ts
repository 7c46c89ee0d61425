import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, OFFLINE } from './client';

export interface Load<T> {
	/** What was loaded last; stays while something newer is loaded, so that the page does not jump. */
	data: T | null;
	error: ApiError | null;
	loading: boolean;
	reload: () => void;
}

/**
 * Loads what a screen shows, again when `key` changes, and when the connection is back.
 * @param key says what is asked; null asks nothing
 * @param every milliseconds after which it is loaded again while the page is seen; 0 for never
 */
export function useLoad<T>(key: string | null, load: (signal: AbortSignal) => Promise<T>, every = 0): Load<T> {
	const [state, setState] = useState<{ key: string | null; data: T | null; error: ApiError | null; loading: boolean }>({
		key: null, data: null, error: null, loading: key !== null,
	});
	const [round, setRound] = useState(0);
	const latest = useRef(load);
	latest.current = load;
	const reload = useCallback(() => setRound((value) => value + 1), []);

	useEffect(() => {
		if (key === null) {
			setState({ key, data: null, error: null, loading: false });
			return undefined;
		}
		const abort = new AbortController();
		setState((before) => ({ ...before, loading: true }));
		latest.current(abort.signal).then(
			(data) => !abort.signal.aborted && setState({ key, data, error: null, loading: false }),
			(error: unknown) => {
				if (!abort.signal.aborted) {
					const known = error instanceof ApiError ? error : new ApiError(-1, 'The answer is not understood', String(error));
					// What another question has answered must not stay; what this one has answered may, beside the error.
					setState((before) => ({ key, data: before.key === key ? before.data : null, error: known, loading: false }));
				}
			},
		);
		return () => abort.abort();
	}, [key, round]);

	const offline = state.error?.status === OFFLINE;
	useEffect(() => {
		if (!offline) {
			return undefined;
		}
		const timer = setTimeout(reload, 5000);
		addEventListener('online', reload);
		return () => {
			clearTimeout(timer);
			removeEventListener('online', reload);
		};
	}, [offline, round, reload]);

	useEffect(() => {
		if (every === 0 || key === null) {
			return undefined;
		}
		const timer = setInterval(() => document.visibilityState === 'visible' && reload(), every);
		return () => clearInterval(timer);
	}, [every, key, reload]);

	return { data: state.data, error: state.error, loading: state.loading, reload };
}
