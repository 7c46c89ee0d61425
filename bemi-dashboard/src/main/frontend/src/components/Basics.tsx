import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ApiError } from '../api/client';
import type { Instant, Operation } from '../api/types';
import { operationWord } from '../lib/metadata';
import { exactTime, formatAgo, formatDateTime, formatTime } from '../lib/time';

/** What was done, by word and colour. */
export function OperationBadge({ operation }: { operation: Operation }) {
	return <span class={`op op-${operation.toLowerCase()}`} part="operation">{operationWord(operation)}</span>;
}

/** A time in the viewer's zone, with the exact instant on hover. */
export function Time({ at, show = 'date' }: { at: Instant; show?: 'date' | 'time' | 'ago' }) {
	const text = show === 'time' ? formatTime(at) : show === 'ago' ? formatAgo(at) : formatDateTime(at);
	return <time class="time" dateTime={at} title={exactTime(at)}>{text}</time>;
}

/** For screen readers only. */
export function Unseen({ children }: { children: ComponentChildren }) {
	return <span class="unseen">{children}</span>;
}

let say: (text: string) => void = () => {};

/** Says something to who does not see the page change. */
export function announce(text: string): void {
	say(text);
}

/** The one live region of the page. */
export function Announcer() {
	const [text, setText] = useState('');
	useEffect(() => {
		say = (next) => {
			setText('');
			setTimeout(() => setText(next), 50);
		};
		return () => {
			say = () => {};
		};
	}, []);
	return <div class="unseen" aria-live="polite" role="status">{text}</div>;
}

export function Loading({ what, rows = 6 }: { what: string; rows?: number }) {
	return (
		<div class="loading">
			<Unseen><span role="status">Loading {what} …</span></Unseen>
			{Array.from({ length: rows }, (_, index) => <div key={index} class="bone" aria-hidden="true" />)}
		</div>
	);
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
	return (
		<div class="empty">
			<p class="empty-title">{title}</p>
			{children && <div class="muted">{children}</div>}
		</div>
	);
}

/** What went wrong, and what to do: also that one may not see it, or that the server cannot be reached. */
export function Failure({ error, retry }: { error: ApiError; retry?: () => void }) {
	const kind = error.status === 0 ? 'offline' : error.status === 401 || error.status === 403 ? 'forbidden' : 'failed';
	return (
		<div class={`notice notice-${kind}`} role="alert">
			<p class="notice-title">{error.title}</p>
			<p>{error.message}</p>
			<p class="actions">
				{error.status === 401 && <button type="button" class="button" onClick={() => location.reload()}>Reload</button>}
				{retry && error.status !== 401 && error.status !== 403 && <button type="button" class="button" onClick={retry}>Try again</button>}
			</p>
		</div>
	);
}

/** Copies a text; says so for a moment. */
export function CopyButton({ label, text }: { label: string; text: () => string }) {
	const [state, setState] = useState<'idle' | 'done' | 'failed'>('idle');
	const copy = async () => {
		const done = await copyText(text());
		setState(done ? 'done' : 'failed');
		announce(done ? 'Copied' : 'The browser did not let the page copy');
		setTimeout(() => setState('idle'), 1500);
	};
	return (
		<button type="button" class="button button-small" onClick={copy}>
			{state === 'done' ? 'Copied' : state === 'failed' ? 'Not copied' : label}
		</button>
	);
}

async function copyText(text: string): Promise<boolean> {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		// Without HTTPS there is no clipboard, but still this.
		const area = document.createElement('textarea');
		area.value = text;
		area.className = 'unseen';
		document.body.append(area);
		const focused = document.activeElement;
		area.select();
		const done = document.execCommand('copy');
		area.remove();
		if (focused instanceof HTMLElement) {
			focused.focus();
		}
		return done;
	}
}

/** The heading of a screen. It takes the focus when the screen opens, so that reading begins there. */
export function Heading({ children, aside }: { children: ComponentChildren; aside?: ComponentChildren }) {
	return (
		<div class="heading">
			<h1 tabIndex={-1} id="heading">{children}</h1>
			{aside && <div class="actions">{aside}</div>}
		</div>
	);
}
