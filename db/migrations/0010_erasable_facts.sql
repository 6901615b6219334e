-- What is known of a person can be erased on purpose, which the record says in an entry of its own.
GRANT DELETE ON appointments, attendances, citizenships, clearances, employments, facility_authorisations, presences, residences TO charterkeep_app;
