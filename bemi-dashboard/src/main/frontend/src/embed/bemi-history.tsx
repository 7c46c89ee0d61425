import { render } from 'preact';
import tokens from '../styles/tokens.css?inline';
import diff from '../styles/diff.css?inline';
import own from '../styles/embed.css?inline';
import { Client } from '../api/client';
import { History } from './History';

/**
 * `<bemi-history schema="public" table="todo" record="7" api="/bemi/api/v1">`: the history of a record in any page.
 * `api` may be left out where this file comes from the dashboard. Themed by custom properties (`--bemi-…`) and parts.
 */
class BemiHistory extends HTMLElement {
	static observedAttributes = ['schema', 'table', 'record', 'api', 'heading'];

	private readonly root = this.attachShadow({ mode: 'open' });
	private queued = false;

	connectedCallback(): void {
		this.root.adoptedStyleSheets = [sheet()];
		this.update();
	}

	disconnectedCallback(): void {
		render(null, this.root);
	}

	attributeChangedCallback(): void {
		this.update();
	}

	private update(): void {
		if (this.queued) {
			return;
		}
		this.queued = true;
		queueMicrotask(() => {
			this.queued = false;
			if (this.isConnected) {
				this.draw();
			}
		});
	}

	private draw(): void {
		const table = this.getAttribute('table');
		const record = this.getAttribute('record');
		if (!table || !record) {
			render(<p role="alert">&lt;bemi-history&gt; needs the attributes table and record.</p>, this.root);
			return;
		}
		const schema = this.getAttribute('schema') ?? 'public';
		const api = (this.getAttribute('api') ?? DEFAULT_API).replace(/\/+$/, '');
		render(
			<History key={JSON.stringify([api, schema, table, record])} client={new Client(api)} schema={schema} table={table} record={record} heading={this.getAttribute('heading') ?? 'History'} />,
			this.root,
		);
	}
}

/** The dashboard that this file came from: its assets and its API lie side by side. */
const DEFAULT_API = new URL(/* @vite-ignore */ '../api/v1', import.meta.url).pathname;

let shared: CSSStyleSheet | null = null;

/** A constructed style sheet, as a strict Content-Security-Policy lets no style element in. */
function sheet(): CSSStyleSheet {
	if (!shared) {
		shared = new CSSStyleSheet();
		shared.replaceSync(tokens + diff + own);
	}
	return shared;
}

if (!customElements.get('bemi-history')) {
	customElements.define('bemi-history', BemiHistory);
}
