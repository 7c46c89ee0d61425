package org.example.notes;

import java.util.Map;

import io.bemi.context.ContextProvider;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

@SpringBootApplication
public class NotesApplication {

	public static void main(String[] args) {
		SpringApplication.run(NotesApplication.class, args);
	}

	@Bean
	ContextProvider tenant() {
		return (request) -> Map.of("tenant", request.getHeader("X-Tenant"));
	}

}
