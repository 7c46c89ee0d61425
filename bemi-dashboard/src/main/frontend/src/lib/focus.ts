/**
 * Whoever uses the keyboard is somewhere. Where what has the focus goes away, and nothing else takes it, the heading of
 * the screen does: the focus never falls to the top of the page unseen.
 */
export function keepFocus(root: HTMLElement): void {
	let last: EventTarget | null = null;
	root.addEventListener('focusin', (event) => {
		last = event.target;
	});
	root.addEventListener('pointerdown', () => {
		last = null;
	});
	new MutationObserver(() => {
		if (last instanceof Element && !last.isConnected && isNowhere()) {
			document.getElementById('heading')?.focus({ preventScroll: true });
		}
	}).observe(root, { childList: true, subtree: true });
}

/** Whether nothing has the focus: as after its owner has gone. */
export function isNowhere(): boolean {
	return document.activeElement === null || document.activeElement === document.body;
}
