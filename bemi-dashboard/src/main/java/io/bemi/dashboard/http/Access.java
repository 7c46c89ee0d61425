package io.bemi.dashboard.http;

import java.net.URI;
import java.security.Principal;

import io.bemi.dashboard.DashboardUser;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what. Asks the request, which Spring Security answers, and nobody else: what
 * the application's filter chain lets through is checked all the same.
 */
public final class Access {

	private final boolean open;

	private final String readRole;

	private final String revertRole;

	private Access(boolean open, String readRole, String revertRole) {
		this.open = open;
		this.readRole = readRole;
		this.revertRole = revertRole;
	}

	/**
	 * For whoever has the roles.
	 * @param readRole the role that reads
	 * @param revertRole the role that, beside it, reverts
	 */
	public static Access byRole(String readRole, String revertRole) {
		return new Access(false, readRole, revertRole);
	}

	/**
	 * For everybody.
	 */
	public static Access open() {
		return new Access(true, "", "");
	}

	/**
	 * Who asks, allowed or not.
	 * @param request the request
	 */
	public static DashboardUser user(HttpServletRequest request) {
		return DashboardUser.of(request.getUserPrincipal());
	}

	/**
	 * Refuses who may not read.
	 * @param request the request
	 * @return who asks
	 */
	public DashboardUser requireRead(HttpServletRequest request) {
		return require(request, this.readRole);
	}

	/**
	 * Refuses who may not revert.
	 * @param request the request
	 * @return who asks
	 */
	public DashboardUser requireRevert(HttpServletRequest request) {
		requireRead(request);
		return require(request, this.revertRole);
	}

	/**
	 * Whether who asks may revert.
	 * @param request the request
	 */
	public boolean mayRevert(HttpServletRequest request) {
		return this.open || (request.isUserInRole(this.readRole) && request.isUserInRole(this.revertRole));
	}

	private DashboardUser require(HttpServletRequest request, String role) {
		Principal principal = request.getUserPrincipal();
		if (this.open) {
			return DashboardUser.of(principal);
		}
		if (principal == null) {
			throw new Problem(401,
					"Nobody is logged in: log in to the application as somebody with the role '" + this.readRole + "'");
		}
		if (!request.isUserInRole(role)) {
			throw new Problem(403, "This needs the role '" + role + "'");
		}
		return DashboardUser.of(principal);
	}

	/**
	 * Refuses what another site makes a browser send. Browsers say where a request comes
	 * from; other programs need not.
	 * @param request the request
	 */
	static void requireSameOrigin(HttpServletRequest request) {
		String site = request.getHeader("Sec-Fetch-Site");
		String origin = request.getHeader("Origin");
		if ((site != null) ? !site.equals("same-origin") : (origin != null && !isOwn(origin, request))) {
			throw new Problem(403, "Another site has sent this request. Behind a proxy, let it keep the header 'Host'");
		}
	}

	private static boolean isOwn(String origin, HttpServletRequest request) {
		@Nullable String host = request.getHeader("Host");
		try {
			String authority = URI.create(origin).getAuthority();
			return authority != null && authority.equalsIgnoreCase(host);
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

}
