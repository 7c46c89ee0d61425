import { useLayoutEffect, useState } from 'preact/hooks';

/** The path below the base that the server has filled in, without slashes at its ends, and the query. */
export interface Place {
	path: string;
	query: URLSearchParams;
}

const listeners = new Set<() => void>();

/** The base path of the dashboard, with a slash at its end. */
export function basePath(): string {
	const base = document.querySelector<HTMLMetaElement>('meta[name="bemi-base"]')?.content ?? '';
	return base.replace(/\/*$/, '/');
}

export function currentPlace(): Place {
	const base = basePath();
	const path = location.pathname.startsWith(base) ? location.pathname.slice(base.length) : '';
	return { path: path.replace(/^\/+|\/+$/g, ''), query: new URLSearchParams(location.search) };
}

/** The address of a screen; empty parameters are left out. */
export function href(path: string, query: URLSearchParams | Record<string, string | null | undefined> = {}): string {
	const search =
		query instanceof URLSearchParams
			? query
			: new URLSearchParams(Object.entries(query).filter((entry): entry is [string, string] => entry[1] != null && entry[1] !== ''));
	const text = search.toString();
	const base = path === '' ? basePath().replace(/(.)\/$/, '$1') : basePath();
	return base + path + (text ? `?${text}` : '');
}

export function navigate(to: string, replace = false): void {
	if (replace) {
		history.replaceState(null, '', to);
	} else {
		history.pushState(null, '', to);
	}
	listeners.forEach((listener) => listener());
}

/** Follows the address; clicks on links within the base stay in the page. */
export function usePlace(): Place {
	const [place, setPlace] = useState(currentPlace);
	useLayoutEffect(() => {
		const update = () => setPlace(currentPlace());
		listeners.add(update);
		addEventListener('popstate', update);
		document.addEventListener('click', followLink);
		return () => {
			listeners.delete(update);
			removeEventListener('popstate', update);
			document.removeEventListener('click', followLink);
		};
	}, []);
	return place;
}

function followLink(event: MouseEvent): void {
	const link = event.target instanceof Element ? event.target.closest('a') : null;
	if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) {
		return;
	}
	const inside = link.origin === location.origin && (link.pathname + '/').startsWith(basePath()) && !link.pathname.startsWith(basePath() + 'api/');
	if (!inside || link.target || link.hasAttribute('download')) {
		return;
	}
	event.preventDefault();
	const moved = link.pathname !== location.pathname;
	navigate(link.href);
	if (moved) {
		scrollTo(0, 0);
	}
}
