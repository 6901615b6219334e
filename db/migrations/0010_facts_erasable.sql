-- Facts about people are erased on purpose, by whoever may erase personal data.
GRANT DELETE ON appointments, attendances, citizenships, clearances, employments, facility_authorisations, presences, residences TO charterkeep_app;
