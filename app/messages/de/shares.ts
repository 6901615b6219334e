import type { shares as english } from '../en/shares.ts'

/** German words: shares. */
export const shares = {
	make: 'Antwort und Bündel teilen',
	makeLead:
		'Erzeugt einen Link, der kein Konto braucht: Wer ihn hat, sieht diese Antwort und kann das Bündel holen, das sie beweist. Die Datei entsteht jetzt und ändert sich nicht. Jedes Öffnen ist ein Eintrag im Protokoll.',
	days: 'Gilt für',
	daysIs_one: '{{count}} Tag',
	daysIs_other: '{{count}} Tage',
	button: 'Link erzeugen',
	made: 'Der Link ist da. Geben Sie ihn auf sicherem Weg weiter: Er wird nur jetzt gezeigt und gilt bis {{until}}.',
	all: 'Alle geteilten Links',
	title_one: '{{count}} geteilter Link gilt',
	title_other: '{{count}} geteilte Links gelten',
	none: 'Noch kein Link. Stellen Sie die Frage, dann teilen Sie die Antwort.',
	answer: 'Antwort',
	madeBy: 'Von',
	madeAt: 'Erzeugt',
	expires: 'Gilt bis',
	state: 'Zustand',
	open: 'gilt',
	ended: 'beendet',
	expired: 'abgelaufen',
	stopped: 'geschlossen: Ersteller gesperrt',
	end: 'Jetzt beenden',
	endedNow: 'Der Link gilt nicht mehr, und seine Datei ist gelöscht.',
	publicTitle: 'Eine Antwort von {{boundary}}',
	file: 'Das Bündel, das sie beweist',
	fileLead:
		'Es enthält jeden Eintrag des Protokolls bis zum Prüfpunkt, die geöffneten Einträge der Zugriffe, die geltenden Chartas und ihre Unterschriften. Es lässt sich ohne Netz prüfen, ohne diesem Server zu vertrauen.',
	download: 'Bündel herunterladen',
	size: 'Größe',
	bytes: '{{bytes}} Bytes',
	sha256: 'SHA-256',
	until: 'Link gilt bis',
	how: 'So wird geprüft',
	howHash:
		'Vergleichen Sie den SHA-256 der Datei mit dem obigen, wie ihn Ihnen jemand gab, dem Sie vertrauen.',
	howVerify: 'Auf einem Rechner mit Charterkeep, ohne Netz: npm run verify -- {{file}} --vkey {{vkey}}',
	howKey:
		'Lassen Sie sich den Prüfschlüssel auf einem anderen Weg als über diese Seite bestätigen: An ihm hängt der ganze Beweis.',
	opened:
		'Dass diese Seite geöffnet wurde, ist ein Eintrag im Protokoll, ebenso das Holen der Datei. Über Sie wird nichts gespeichert.',
} satisfies Record<keyof typeof english, string>
