package io.bemi.it.entrypoint;

import javax.sql.DataSource;

import org.springframework.batch.core.configuration.annotation.EnableBatchProcessing;
import org.springframework.batch.core.configuration.annotation.EnableJdbcJobRepository;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.init.DatabasePopulatorUtils;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

/**
 * Where Spring Batch keeps its jobs: the application's database. And what starts them,
 * which is another bean on each Boot line.
 */
@Configuration(proxyBeanMethods = false)
@EnableBatchProcessing
@EnableJdbcJobRepository
class BatchStore {

	@Bean
	InitializingBean batchTables(DataSource dataSource) {
		return () -> DatabasePopulatorUtils.execute(new ResourceDatabasePopulator(
				new ClassPathResource("org/springframework/batch/core/schema-postgresql.sql")), dataSource);
	}

	@Bean
	Starter batchStarter(JobOperator operator) {
		return operator::start;
	}

	/**
	 * Starts a job.
	 */
	@FunctionalInterface
	interface Starter {

		JobExecution start(Job job, JobParameters parameters) throws Exception;

	}

}
