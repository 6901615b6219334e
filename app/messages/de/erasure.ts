import type { erasure as english } from '../en/erasure.ts'

/** German words: erasure. */
export const erasure = {
	title: 'Was von {{name}} gelöscht werden kann',
	lead: 'Löschen vernichtet, was die Festlegungen dieser Einträge öffnet, und nimmt dasselbe aus den Tabellen. Die Einträge selbst bleiben, und jeder Beweis hält weiter. Es lässt sich nicht rückgängig machen und ist selbst ein Eintrag im Protokoll.',
	blocked: 'Noch kann nichts gelöscht werden',
	blockedLead: '{{name}} hängt noch an etwas, das läuft. Zuerst erledigen:',
	liveAccesses_one: '{{count}} Zugriff, der in Entra noch bestehen kann: beenden',
	liveAccesses_other: '{{count}} Zugriffe, die in Entra noch bestehen können: beenden',
	approvedAccesses_one:
		'{{count}} Zugriff, der auf dieser Entscheidung beruht und noch bestehen kann: beenden',
	approvedAccesses_other:
		'{{count}} Zugriffe, die auf diesen Entscheidungen beruhen und noch bestehen können: beenden',
	openRequests_one: '{{count}} offener Antrag, eigener oder mitentschiedener: entscheiden oder zurückziehen',
	openRequests_other: '{{count}} offene Anträge, eigene oder mitentschiedene: entscheiden oder zurückziehen',
	openCases_one: '{{count}} Überprüfungsverfahren, das nicht geschlossen ist: schließen',
	openCases_other: '{{count}} Überprüfungsverfahren, die nicht geschlossen sind: schließen',
	openAmendments_one: '{{count}} offene Änderung der Charta, entworfen oder unterzeichnet: erledigen',
	openAmendments_other: '{{count}} offene Änderungen der Charta, entworfen oder unterzeichnet: erledigen',
	usablePasskeys_one:
		'{{count}} nicht widerrufener Passkey: widerrufen, denn wer gelöscht ist, meldet sich nicht mehr an',
	usablePasskeys_other:
		'{{count}} nicht widerrufene Passkeys: widerrufen, denn wer gelöscht ist, meldet sich nicht mehr an',
	identity: 'Wer es ist',
	identityWhat:
		'Name, Benutzerprinzipalname, Entra-Objekt-ID und Arbeitgeber. Ein Pseudonym tritt überall an ihre Stelle.',
	facts: 'Angaben zur Person',
	factsWhat:
		'Staatsangehörigkeiten, Ermächtigungen, Bestellungen, Standorte, Wohnsitze, Belehrungen, Schulungen, Beschäftigung und Anwesenheit, und deren Abschriften, nach denen Anträge und Entscheidungen beurteilt wurden.',
	factsLoses:
		'Danach kann niemand mehr prüfen, ob die Charta erlaubte, was sie hatte und tat (Zugriffe: {{accesses}}; Entscheidungen über andere: {{decisions}}). Was damals unterschrieben wurde, behält seinen Beweis. Wo sie entschied, gehen die Angaben der antragstellenden Person mit, nach denen beurteilt wurde.',
	texts: 'Worte der Anträge',
	textsWhat:
		'Begründung und Ticket ihrer Anträge ({{requests}}). Der Prüfwert, den die Genehmigenden unterschrieben, bleibt.',
	passkeys: 'Passkeys und Anmeldungen',
	passkeysWhat:
		'Öffentliche Schlüssel, Attestierungen und was bei jeder Anmeldung unterschrieben wurde (Passkeys: {{passkeys}}).',
	passkeysLoses:
		'Danach kann niemand mehr prüfen, was sie unterschrieb (Entscheidungen: {{decisions}}; Änderungen: {{signatures}}). Bündel führen sie als nicht geprüft auf.',
	passkeysKept_one:
		'{{count}} Passkey bleibt in jedem Fall: Eine in Kraft getretene Charta beruht auf seiner Unterschrift.',
	passkeysKept_other:
		'{{count}} Passkeys bleiben in jedem Fall: Eine in Kraft getretene Charta beruht auf ihren Unterschriften.',
	total_one: '{{count}} versiegelte Gruppe',
	total_other: '{{count}} versiegelte Gruppen',
	nothing: 'nichts mehr zu löschen',
	which: 'Welche Einträge',
	group: 'Versiegelte Gruppe',
	entries: 'Einträge',
	more: 'und {{count}} weitere',
	chosen: 'Löschen',
	stays: 'Was bleibt, und warum',
	staysLeaves:
		'Jeder Eintrag mit seiner Zeit und der Kennung der Person, die außerhalb dieser Datenbank nichts bedeutet: Darauf beruhen die Beweise.',
	staysEvidence:
		'Was sie unterschrieben hat: Ergebnis, Begründung und Unterschrift jeder Entscheidung sind Nachweis einer Amtshandlung (Artikel 17 Abs. 3 lit. b und e DSGVO).',
	staysSteps:
		'Die Schritte von Zugriffen mit der Objekt-ID des Kontos in Entra: Sie lassen sich nicht ändern. Löschen Sie dort das Konto.',
	staysCopies:
		'Früher erstellte Bündel, Exporte und Sicherungen. SECURITY.md sagt, wie lange Sicherungen bleiben dürfen.',
	form: 'Endgültig löschen',
	ground: 'Aus welchem Grund?',
	retention_over: 'Nicht mehr nötig: Die Aufbewahrungszeit ist vorbei',
	person_asked: 'Die Person hat es verlangt, und nichts steht entgegen',
	unlawful: 'Es hätte nie erfasst werden dürfen',
	legal_duty: 'Ein Gesetz oder Gericht verlangt es',
	reason: 'Begründung',
	reasonHint:
		'Etwa das Aktenzeichen oder die Aufbewahrungsregel. Sie liegt versiegelt im Eintrag; nennen Sie die Person nicht.',
	confirmation: 'Zur Bestätigung eintippen: {{name}}',
	button: 'Endgültig löschen',
	open: 'Personenbezogene Daten löschen …',
	done: 'Die Daten sind gelöscht.',
	erasedOn: 'Personenbezogene Daten dieser Person wurden gelöscht',
	before: 'Früher gelöscht',
	chooseParts: 'Wählen Sie, was gelöscht werden soll.',
} satisfies Record<keyof typeof english, string>
