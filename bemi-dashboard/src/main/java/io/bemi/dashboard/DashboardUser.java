package io.bemi.dashboard;

import java.security.Principal;

import org.jspecify.annotations.Nullable;

/**
 * Who asks the dashboard.
 *
 * @param name the name of the user; {@code null} when nobody is logged in, which is only
 * where the dashboard is open or a {@link DashboardAuthorizer} decides
 * @param principal who the request says it is, with Spring Security its
 * {@code Authentication}; {@code null} when nobody is logged in
 */
public record DashboardUser(@Nullable String name, @Nullable Principal principal) {

	/** Nobody who is known. */
	public static final DashboardUser NOBODY = new DashboardUser(null, null);

	/**
	 * Whom a principal names.
	 * @param principal the principal of a request, or {@code null}
	 * @return the user
	 */
	public static DashboardUser of(@Nullable Principal principal) {
		return (principal != null) ? new DashboardUser(principal.getName(), principal) : NOBODY;
	}

}
