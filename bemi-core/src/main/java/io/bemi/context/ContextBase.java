package io.bemi.context;

/**
 * What is known about running work beside the keys of its scopes: a request, or another
 * entry point.
 */
abstract class ContextBase {

	/**
	 * What is known, on the thread that is about to send it.
	 * @param writer who asks
	 * @return the same object for as long as the answer is the same
	 */
	abstract RenderedContext render(ContextWriter writer);

	/**
	 * What another thread may use after this one has gone on: asks now for all that only
	 * this thread can know.
	 */
	abstract ContextBase capture();

}
