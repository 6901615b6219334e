import { SMTPServer } from 'smtp-server'

export type ReceivedMail = {
	to: string
	messageId: string
	subject: string
	/** All of it, with soft line breaks and escapes undone. */
	text: string
	isEncrypted: boolean
}
export type MailServer = Awaited<ReturnType<typeof startMailServer>>

/** A real SMTP server on loopback that keeps what it is given, and answers as a test asks for each recipient. */
export async function startMailServer({
	certificate,
	port = 0,
	isPlain = false,
}: {
	certificate: { key: string; cert: string }
	port?: number
	isPlain?: boolean
}) {
	const mails: ReceivedMail[] = []
	/** The answer to a recipient, where it is not a good one. */
	const answers = new Map<string, { code: number; text: string }>()
	const server = new SMTPServer({
		...certificate,
		authOptional: true,
		disabledCommands: isPlain ? ['AUTH', 'STARTTLS'] : ['AUTH'],
		onRcptTo({ address }, _session, done) {
			const answer = answers.get(address)
			done(answer ? Object.assign(new Error(answer.text), { responseCode: answer.code }) : null)
		},
		onData(stream, session, done) {
			const chunks: Buffer[] = []
			stream.on('data', (chunk: Buffer) => chunks.push(chunk))
			stream.on('end', () => {
				const raw = Buffer.concat(chunks).toString('latin1')
				const header = (name: string) =>
					new RegExp(`^${name}: (.*(?:\r\n[ \t].*)*)`, 'im').exec(raw)?.[1]?.replaceAll(/\r\n[ \t]/g, ' ') ??
					''
				mails.push({
					to: session.envelope.rcptTo.map(({ address }) => address).join(),
					messageId: header('Message-ID').trim(),
					subject: header('Subject'),
					text: unfolded(raw),
					isEncrypted: session.secure,
				})
				done()
			})
		},
	})
	server.on('error', () => undefined)
	await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve))
	const address = server.server.address()
	return {
		port: typeof address === 'object' && address !== null ? address.port : 0,
		mails,
		answers,
		stop: () => new Promise<void>((resolve) => server.close(resolve)),
	}
}

/** Quoted-printable undone (RFC 2045, section 6.7). */
function unfolded(raw: string): string {
	const bytes = raw
		.replaceAll('=\r\n', '')
		.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
	return Buffer.from(bytes, 'latin1').toString('utf8')
}
