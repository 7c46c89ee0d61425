package io.bemi.dashboard;

/**
 * Is told what people look at. Every bean of the type is, on the request's thread and
 * before the answer: what it throws is the end of the request.
 */
@FunctionalInterface
public interface DashboardAudit {

	/**
	 * Takes note that somebody asks for something.
	 * @param event what is asked for
	 */
	void record(DashboardEvent event);

}
