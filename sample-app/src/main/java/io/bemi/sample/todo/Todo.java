package io.bemi.sample.todo;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import org.jspecify.annotations.Nullable;

/**
 * Something to do.
 */
@Entity
@JsonPropertyOrder({ "id", "task", "isCompleted" })
class Todo {

	@Id
	@GeneratedValue(strategy = GenerationType.IDENTITY)
	private @Nullable Long id;

	private String task = "";

	// Quoted, so that the column, and with it the recorded JSON, keeps its case.
	@Column(name = "\"isCompleted\"")
	private boolean completed;

	protected Todo() {
	}

	Todo(String task, boolean completed) {
		this.task = task;
		this.completed = completed;
	}

	public @Nullable Long getId() {
		return this.id;
	}

	public String getTask() {
		return this.task;
	}

	@JsonProperty("isCompleted")
	public boolean isCompleted() {
		return this.completed;
	}

	void update(TodoRequest request) {
		if (request.task() != null) {
			this.task = request.task();
		}
		if (request.completed() != null) {
			this.completed = request.completed();
		}
	}

}
