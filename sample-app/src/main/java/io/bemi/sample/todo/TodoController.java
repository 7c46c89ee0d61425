package io.bemi.sample.todo;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.bemi.timetravel.TimeTravel;
import io.bemi.timetravel.TimeTravelException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/todos")
class TodoController {

	private final TodoService todos;

	private final TimeTravel timeTravel;

	TodoController(TodoService todos, TimeTravel timeTravel) {
		this.todos = todos;
		this.timeTravel = timeTravel;
	}

	@GetMapping
	List<Todo> list(@RequestParam(required = false) @Nullable Instant asOf) {
		return (asOf != null) ? this.timeTravel.at(asOf, this.todos::findAll) : this.todos.findAll();
	}

	@GetMapping("/{id}")
	Todo get(@PathVariable long id) {
		return this.todos.find(id);
	}

	@PostMapping
	@ResponseStatus(HttpStatus.CREATED)
	Todo create(@RequestBody TodoRequest request) {
		return this.todos.create(request);
	}

	@PutMapping("/{id}")
	Todo update(@PathVariable long id, @RequestBody TodoRequest request) {
		return this.todos.update(id, request);
	}

	@DeleteMapping("/{id}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void delete(@PathVariable long id) {
		this.todos.delete(id);
	}

	@ExceptionHandler
	ResponseEntity<String> unknown(TimeTravelException ex) {
		return ResponseEntity.badRequest().body(ex.getMessage());
	}

	@PostMapping("/complete")
	Map<String, Integer> completeAll() {
		return Map.of("completed", this.todos.completeAll());
	}

}
