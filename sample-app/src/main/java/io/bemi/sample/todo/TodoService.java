package io.bemi.sample.todo;

import java.util.List;

import org.springframework.data.domain.Sort;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.server.ResponseStatusException;

/**
 * Writes with JPA in transactions, but for {@link #completeAll()}.
 */
@Service
class TodoService {

	private static final String COMPLETE_ALL = """
			UPDATE todo SET "isCompleted" = true WHERE NOT "isCompleted"
			""";

	private final TodoRepository todos;

	private final JdbcClient jdbcClient;

	TodoService(TodoRepository todos, JdbcClient jdbcClient) {
		this.todos = todos;
		this.jdbcClient = jdbcClient;
	}

	List<Todo> findAll() {
		return this.todos.findAll(Sort.by("id"));
	}

	Todo find(long id) {
		return this.todos.findById(id).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
	}

	@Transactional
	Todo create(TodoRequest request) {
		if (request.task() == null) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "'task' must not be null");
		}
		return this.todos.save(new Todo(request.task(), Boolean.TRUE.equals(request.completed())));
	}

	@Transactional
	Todo update(long id, TodoRequest request) {
		Todo todo = find(id);
		todo.update(request);
		return todo;
	}

	@Transactional
	void delete(long id) {
		this.todos.delete(find(id));
	}

	/**
	 * Completes what is not complete yet: a single statement in autocommit, past JPA,
	 * recorded all the same.
	 * @return how many todos were completed
	 */
	int completeAll() {
		return this.jdbcClient.sql(COMPLETE_ALL).update();
	}

}
