-- Reserved for tamper evidence: nothing is here yet.
SELECT 1;
