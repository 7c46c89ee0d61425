package io.bemi.dashboard.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Properties of the dashboard.
 */
@ConfigurationProperties("bemi.dashboard")
public class BemiDashboardProperties {

	/**
	 * Whether the dashboard is served.
	 */
	private boolean enabled;

	/**
	 * Path of the page, below that of the application. The API is below it.
	 */
	private String path = "/bemi";

	/**
	 * Role that may read, without Spring Security's prefix.
	 */
	private String readRole = "BEMI";

	/**
	 * Role that, beside the one that reads, may revert.
	 */
	private String revertRole = "BEMI_REVERT";

	/**
	 * Who may use the dashboard without Spring Security: nobody (role), or whoever
	 * reaches it (open). With Spring Security the roles count in any case.
	 */
	private Access access = Access.ROLE;

	/**
	 * URL at which a trace is shown, with {traceId} in it.
	 */
	private @Nullable String traceUrl;

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public String getPath() {
		return this.path;
	}

	public void setPath(String path) {
		this.path = path;
	}

	public String getReadRole() {
		return this.readRole;
	}

	public void setReadRole(String readRole) {
		this.readRole = readRole;
	}

	public String getRevertRole() {
		return this.revertRole;
	}

	public void setRevertRole(String revertRole) {
		this.revertRole = revertRole;
	}

	public Access getAccess() {
		return this.access;
	}

	public void setAccess(Access access) {
		this.access = access;
	}

	public @Nullable String getTraceUrl() {
		return this.traceUrl;
	}

	public void setTraceUrl(@Nullable String traceUrl) {
		this.traceUrl = traceUrl;
	}

	/**
	 * Who may use the dashboard.
	 */
	public enum Access {

		/** Who has the roles. */
		ROLE,

		/** Everybody, where there is no Spring Security. */
		OPEN

	}

}
