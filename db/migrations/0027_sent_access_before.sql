-- What may have been sent before this was kept counts as sent just now: until the tenant would list it, nothing is said to be gone.
UPDATE grants SET sent_at = now() WHERE state IN ('provisioning', 'removing', 'postponed', 'notConfirmed');
