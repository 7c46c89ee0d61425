package io.bemi.sample.todo;

import java.util.List;

import io.bemi.query.Changes;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * Reads back what was recorded, newest first, also of todos that are deleted.
 */
@RestController
class TodoHistoryController {

	private final Changes changes;

	TodoHistoryController(Changes changes) {
		this.changes = changes;
	}

	@GetMapping("/todos/{id}/history")
	List<TodoChange> history(@PathVariable long id) {
		return this.changes.query().table("todo").primaryKey(id).list().stream().map(TodoChange::of).toList();
	}

}
