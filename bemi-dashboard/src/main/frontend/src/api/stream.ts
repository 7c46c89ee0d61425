import { parseJson } from '../lib/json';
import type { Change } from './types';

export type StreamState = 'connecting' | 'live' | 'broken';

/**
 * Listens to changes as they come. The browser reconnects by itself and says what it has seen last; where it gives up
 * (the server refused), it is tried again, ever more rarely.
 * @returns ends it
 */
export function listen(url: string, onChange: (change: Change) => void, onState: (state: StreamState) => void): () => void {
	let source: EventSource | null = null;
	let timer: ReturnType<typeof setTimeout> | undefined;
	let wait = 2000;

	function open(): void {
		onState('connecting');
		source = new EventSource(url);
		source.onopen = () => {
			wait = 2000;
			onState('live');
		};
		source.addEventListener('change', (event) => onChange(parseJson((event as MessageEvent<string>).data) as unknown as Change));
		source.onerror = () => {
			onState('broken');
			if (source?.readyState === EventSource.CLOSED) {
				timer = setTimeout(open, wait);
				wait = Math.min(wait * 2, 60_000);
			}
		};
	}

	open();
	return () => {
		clearTimeout(timer);
		source?.close();
	};
}
