package org.example.notes;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
class NoteController {

	private final JdbcClient jdbcClient;

	NoteController(JdbcClient jdbcClient) {
		this.jdbcClient = jdbcClient;
	}

	@PostMapping("/notes")
	@Transactional
	public void create(@RequestBody String body) {
		this.jdbcClient.sql("INSERT INTO note (body) VALUES (?)").param(body).update();
	}

	@PutMapping("/notes/{id}")
	public void update(@PathVariable("id") long id, @RequestBody String body) {
		this.jdbcClient.sql("UPDATE note SET body = ? WHERE id = ?").params(body, id).update();
	}

}
