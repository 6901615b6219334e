import { rootCertificates } from 'node:tls'
import { createTransport } from 'nodemailer'
import type { MailOutcome, MailPort } from './mail-port.ts'

/** How mail is sent; see `.env.example`. */
export type MailSettings = {
	host: string
	port: number
	/** TLS from the first byte (465); else STARTTLS, without which nothing is sent. */
	isImplicit: boolean
	/** Neither: only where the configuration says so. */
	isPlain: boolean
	user: string | null
	password: string | null
	caPem: string | null
	from: string
	timeoutMs: number
}

/**
 * Mail by SMTP. Every mail has a connection of its own: mails are few, and a connection that is kept may be dead. The
 * server's certificate is verified, by the system's authorities and the one that is configured.
 */
export function openMail(settings: MailSettings): MailPort {
	const { host, port, isImplicit, isPlain, user, password, caPem, from, timeoutMs } = settings
	const transport = createTransport({
		host,
		port,
		secure: isImplicit,
		requireTLS: !isImplicit && !isPlain,
		ignoreTLS: isPlain,
		tls: {
			minVersion: 'TLSv1.2',
			...(caPem === null ? {} : { ca: [...rootCertificates, caPem] }),
		},
		...(user === null ? {} : { auth: { user, pass: password ?? '' } }),
		connectionTimeout: timeoutMs,
		greetingTimeout: timeoutMs,
		socketTimeout: timeoutMs,
		dnsTimeout: timeoutMs,
		// Nothing of a mail is ever read from a file or fetched.
		disableFileAccess: true,
		disableUrlAccess: true,
	})
	return {
		server: `${host}:${port}`,
		isEncrypted: !isPlain,
		async send({ messageId, to, date, subject, text, html }) {
			try {
				await transport.sendMail({
					from,
					to: { name: '', address: to },
					messageId,
					// With the same boundary the same mail has the same bytes.
					baseBoundary: messageId.replaceAll(/[^0-9a-f-]/g, ''),
					date,
					subject,
					text,
					html,
					// Lines are never folded anew, which would break a link.
					textEncoding: 'quoted-printable',
					// No out-of-office answers come back (RFC 3834, and what Exchange reads).
					headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
				})
				return { kind: 'accepted' }
			} catch (error) {
				return outcomeOf(error as SmtpError)
			}
		},
	}
}

type SmtpError = Error & { code?: string; command?: string; responseCode?: number; response?: string }

/** What an answer to the recipient or to the mail itself means; everything before that is about the server. */
function outcomeOf({ code, command = '', responseCode, response = '' }: SmtpError): MailOutcome {
	const isAboutMail = command === 'RCPT TO' || command === 'DATA'
	if (responseCode === undefined) {
		const said = code ?? 'UNKNOWN'
		// The connection broke when the mail was on its way: the server may have it.
		return isAboutMail ? { kind: 'later', code: 'NO_ANSWER' } : { kind: 'server', code: said.slice(0, 40) }
	}
	// 550 5.1.1: the rest of the line may name people.
	const [, enhanced = ''] = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response) ?? []
	const answer = `${responseCode} ${enhanced}`.trim()
	// 421 is said of the server wherever it is said (RFC 5321, section 3.8).
	if (!isAboutMail || responseCode === 421) return { kind: 'server', code: answer }
	return { kind: responseCode >= 500 ? 'refused' : 'later', code: answer }
}
