import type { signIn as english } from '../en/sign-in.ts'

/** German words: signIn. */
export const signIn = {
	title: 'Mit Passkey anmelden',
	lead: 'Charterkeep erkennt Sie an Ihrem Passkey. Ein Passwort gibt es nicht.',
	button: 'Mit Passkey anmelden',
	noPasskey: 'Noch kein Passkey? Einen Einrichtungslink erhalten Sie von der Geheimschutzbeauftragten.',
	enrolTitle: 'Passkey einrichten für {{name}}',
	enrolLead: 'Dieser Link gilt einmal, bis {{until}}. Ihr Gerät fragt nach Fingerabdruck, Gesicht oder PIN.',
	enrolButton: 'Passkey einrichten',
	enrolled: 'Ihr Passkey ist eingerichtet. Melden Sie sich jetzt damit an.',
	working: 'Wartet auf Ihren Passkey …',
	cancelled:
		'Der Passkey wurde nicht benutzt: abgebrochen oder zu lange gedauert. Versuchen Sie es noch einmal.',
	unsupported:
		'Dieser Browser bietet hier keine Passkeys an. Nutzen Sie einen aktuellen Browser unter der Adresse Ihres Passkeys.',
	already: 'Dieser Passkey ist bereits eingerichtet. Nutzen Sie einen anderen.',
	failed: 'Die Zeremonie konnte nicht beginnen. Laden Sie die Seite neu.',
	unexpected: 'Ihr Gerät meldet ein Problem. Versuchen Sie es noch einmal oder mit einem anderen Passkey.',
} satisfies Record<keyof typeof english, string>
