/** English words: signIn. */
export const signIn = {
	title: 'Sign in with your passkey',
	lead: 'Charterkeep knows you by your passkey. There is no password.',
	button: 'Sign in with passkey',
	noPasskey: 'No passkey yet? A security officer gives you an enrolment link.',
	enrolTitle: 'Enrol a passkey for {{name}}',
	enrolLead: 'This link works once, until {{until}}. Your device will ask for your fingerprint, face or PIN.',
	enrolButton: 'Enrol passkey',
	enrolled: 'Your passkey is enrolled. Sign in with it now.',
	working: 'Waiting for your passkey …',
	cancelled:
		'The passkey was not used: the ceremony was cancelled or took too long. Try again when you are ready.',
	unsupported:
		'This browser offers no passkeys here. Use a current browser at the address that your passkey is for.',
	already: 'This passkey is enrolled already. Use another one.',
	failed: 'The ceremony could not be started. Reload the page and try again.',
	unexpected: 'Your device reported a problem. Try again, or use another passkey.',
}
