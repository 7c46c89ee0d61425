package io.bemi.sample.revert;

import java.security.Principal;
import java.util.List;

import io.bemi.revert.RevertConflict;
import io.bemi.revert.RevertConflictException;
import io.bemi.revert.RevertOptions;
import io.bemi.revert.RevertPlan;
import io.bemi.revert.RevertReport;
import io.bemi.revert.Reverter;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Shows what it takes to undo a request, and does it.
 */
@RestController
@RequestMapping("/admin/requests/{requestId}/revert")
class RequestRevertController {

	private final Reverter reverter;

	RequestRevertController(Reverter reverter) {
		this.reverter = reverter;
	}

	@GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
	String plan(@PathVariable String requestId) {
		return find(requestId).toJson();
	}

	// Only JSON, which no other site's form can send: so no token is needed.
	@PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
	RevertReport execute(@PathVariable String requestId, @RequestBody Reason reason, Principal user) {
		return this.reverter.execute(find(requestId),
				RevertOptions.defaults().by(user.getName()).reason(reason.reason()));
	}

	private RevertPlan find(String requestId) {
		RevertPlan plan = this.reverter.planRequest(requestId);
		if (plan.changes() == 0) {
			throw new ResponseStatusException(HttpStatus.NOT_FOUND, "No change of request '" + requestId + "'");
		}
		return plan;
	}

	@ExceptionHandler
	@ResponseStatus(HttpStatus.CONFLICT)
	List<RevertConflict> conflicts(RevertConflictException ex) {
		return ex.conflicts();
	}

	record Reason(@Nullable String reason) {
	}

}
