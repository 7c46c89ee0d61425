import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { client } from '../api/client';
import { useLoad } from '../api/useLoad';
import type { Status } from '../api/types';
import { Announcer, Failure, Heading, Loading } from '../components/Basics';
import { ChangePage } from '../changes/ChangePage';
import { ChangesPage } from '../changes/ChangesPage';
import { OverviewPage } from '../overview/OverviewPage';
import { RecordPage } from '../record/RecordPage';
import { RevertPage } from '../revert/RevertPage';
import { TrailPage } from '../trail/TrailPage';
import { basePath, href, usePlace, type Place } from '../lib/router';
import { formatSeconds } from '../lib/time';
import { SessionContext } from './session';
import { STATE_WORDS } from './states';
import { applyTheme, storedTheme, type Theme } from './theme';

const NAVIGATION = [
	['', 'Overview'],
	['changes', 'Changes'],
	['record', 'Record'],
	['revert', 'Revert'],
] as const;

const TITLES: Record<string, string> = {
	'': 'Overview', overview: 'Overview', changes: 'Changes', change: 'Change', record: 'Record',
	transaction: 'Transaction', request: 'Request', trace: 'Trace', revert: 'Revert',
};

export function App() {
	const place = usePlace();
	const me = useLoad('me', () => client.me());
	const readable = me.data?.canRead === true;
	const tables = useLoad(readable ? 'tables' : null, (signal) => client.tables(signal));
	const status = useLoad(readable ? 'status' : null, (signal) => client.status(signal), 15_000);
	const session = useMemo(() => me.data && { me: me.data, tables: tables.data ?? [], status }, [me.data, tables.data, status.data, status.error, status.loading]);
	const title = TITLES[place.path];

	const first = useRef(true);
	useEffect(() => {
		document.title = `${title ?? 'Not found'} · Bemi${me.data?.application ? ` · ${me.data.application}` : ''}`;
	}, [title, me.data]);
	useEffect(() => {
		if (!first.current) {
			document.getElementById('heading')?.focus({ preventScroll: true });
		}
		first.current = false;
	}, [place.path]);

	return (
		<>
			<a class="skip" href="#heading" onClick={skip}>Skip to content</a>
			<header class="top">
				<div class="top-inner">
					<a class="brand" href={href('')}>
						<img src={basePath() + 'assets/bemi.svg'} alt="" width="22" height="22" />
						<span>Bemi</span>
						{me.data?.application && <span class="brand-application">{me.data.application}</span>}
					</a>
					<nav class="nav" aria-label="Screens">
						{NAVIGATION.map(([path, name]) => (
							<a key={path} href={href(path)} aria-current={place.path === path ? 'page' : undefined}>{name}</a>
						))}
					</nav>
					<div class="top-side">
						{status.data && <Pulse status={status.data} />}
						<ThemeSwitch />
						{me.data?.user && <span class="top-user" title="Signed in">{me.data.user}</span>}
					</div>
				</div>
			</header>
			<main class="main" id="main">
				{!session && me.error && <><Heading>Bemi</Heading><Failure error={me.error} retry={me.reload} /></>}
				{!session && !me.error && <><Heading>{title ?? 'Bemi'}</Heading><Loading what="the dashboard" /></>}
				{session && !readable && (
					<>
						<Heading>No access</Heading>
						<div class="notice notice-forbidden" role="alert">
							<p class="notice-title">You may not see the history</p>
							<p>{session.me.user ? `${session.me.user} is signed in, but has not the role that reads it.` : 'Nobody is signed in.'} Ask whoever runs {session.me.application || 'the application'}.</p>
						</div>
					</>
				)}
				{session && readable && <SessionContext.Provider value={session}><Screen place={place} /></SessionContext.Provider>}
			</main>
			<Announcer />
		</>
	);
}

function skip(event: Event): void {
	event.preventDefault();
	document.getElementById('heading')?.focus();
}

function Screen({ place }: { place: Place }) {
	const id = place.query.get('id') ?? '';
	switch (place.path) {
		case '':
		case 'overview':
			return <OverviewPage query={place.query} />;
		case 'changes':
			return <ChangesPage query={place.query} />;
		case 'change':
			return <ChangePage key={id} id={id} />;
		case 'record':
			return <RecordPage query={place.query} />;
		case 'transaction':
		case 'request':
		case 'trace':
			return <TrailPage key={place.path + id} kind={place.path} id={id} />;
		case 'revert':
			return <RevertPage query={place.query} />;
		default:
			return (
				<>
					<Heading>Not found</Heading>
					<p>There is no such screen. <a href={href('')}>Go to the overview</a></p>
				</>
			);
	}
}

/** How the pipeline does, in one word, on every screen. */
function Pulse({ status }: { status: Status }) {
	const lag = status.lagSeconds != null && status.state === 'CONNECTED' ? `${formatSeconds(status.lagSeconds)} behind` : '';
	return (
		<a class={`pulse pulse-${status.state.toLowerCase()}`} href={href('')} title={status.message}>
			<span class="dot" aria-hidden="true" />
			<span>{STATE_WORDS[status.state] ?? status.state}</span>
			{lag && <span class="pulse-lag">{lag}</span>}
		</a>
	);
}

const THEMES: readonly [Theme, string][] = [['system', 'Auto'], ['light', 'Light'], ['dark', 'Dark']];

function ThemeSwitch() {
	const [theme, setTheme] = useState(storedTheme);
	return (
		<label class="theme">
			<span class="unseen">Colours</span>
			<span aria-hidden="true">◐</span>
			<select
				value={theme}
				onChange={(event) => {
					const next = event.currentTarget.value as Theme;
					setTheme(next);
					applyTheme(next);
				}}
			>
				{THEMES.map(([value, name]) => <option key={value} value={value}>{name}</option>)}
			</select>
		</label>
	);
}
