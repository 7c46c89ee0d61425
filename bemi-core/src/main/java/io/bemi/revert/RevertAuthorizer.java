package io.bemi.revert;

/**
 * Decides who may revert what. Asked before anything is written; all beans of the type
 * are.
 */
@FunctionalInterface
public interface RevertAuthorizer {

	/**
	 * Lets a revert pass.
	 * @param plan what is about to be executed
	 * @param options how
	 * @throws RuntimeException when it must not be; whoever executes gets it
	 */
	void authorize(RevertPlan plan, RevertOptions options);

}
