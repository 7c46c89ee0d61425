package io.bemi.it.entrypoint;

import javax.sql.DataSource;

import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.init.DatabasePopulatorUtils;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

/**
 * Where Spring Batch keeps its jobs: the application's database.
 */
@Configuration(proxyBeanMethods = false)
@Import(BatchStarter.class)
class BatchStore {

	@Bean
	InitializingBean batchTables(DataSource dataSource) {
		return () -> DatabasePopulatorUtils.execute(new ResourceDatabasePopulator(
				new ClassPathResource("org/springframework/batch/core/schema-postgresql.sql")), dataSource);
	}

	/**
	 * Starts a job.
	 */
	@FunctionalInterface
	interface Starter {

		JobExecution start(Job job, JobParameters parameters) throws Exception;

	}

}
