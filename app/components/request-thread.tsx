import { Form, Link } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { RequestView } from '#app/services/views.ts'
import { DURATIONS_MINUTES } from './request-form.tsx'
import { Button, Field, type FormErrors } from './ui/form.tsx'
import { Time } from './ui/time.tsx'

type Sent = Readonly<Record<string, string>>

/** Questions and answers on a request, with the form for whichever of the two the reader may write. */
export function RequestThread({
	request,
	errors,
	sent,
}: {
	request: RequestView
	errors: FormErrors
	sent: Sent
}) {
	const { t } = useWords()
	const { thread, isAsked, mayAnswer, decide } = request
	const mayAsk = decide?.allowed ?? false
	if (thread.length === 0 && !mayAsk) return null
	return (
		<section className="card" aria-labelledby="thread">
			<h2 id="thread">{t('requests.thread')}</h2>
			{isAsked ? (
				<p className="notice">{t(mayAnswer ? 'requests.answerNow' : 'requests.answerOutstanding')}</p>
			) : null}
			{thread.length === 0 ? null : (
				<ol className="stack">
					{thread.map(({ id, kind, author, text, at, entryIndex }) => (
						<li key={id}>
							<p className="small">
								<strong>
									{t(kind === 'question' ? 'requests.asked' : 'requests.answered', { name: author })}
								</strong>{' '}
								<span className="muted">
									<Time at={at} />
									{entryIndex === null ? null : (
										<>
											{' · '}
											<Link to={`/record/${entryIndex}`}>{t('requests.entry', { index: entryIndex })}</Link>
										</>
									)}
								</span>
							</p>
							<p>{text}</p>
						</li>
					))}
				</ol>
			)}
			{mayAnswer || mayAsk ? (
				<Form method="post" className="stack" key={thread.length}>
					<input type="hidden" name="intent" value={mayAnswer ? 'answer' : 'ask'} />
					<Field
						id="text"
						label={t(mayAnswer ? 'requests.yourAnswer' : 'requests.yourQuestion')}
						hint={t(mayAnswer ? 'requests.yourAnswerHint' : 'requests.yourQuestionHint')}
						error={errors.text}
					>
						{(aria) => (
							<textarea
								className="input"
								rows={2}
								maxLength={1000}
								defaultValue={sent.text ?? ''}
								{...aria}
							/>
						)}
					</Field>
					<p>
						<Button look={mayAnswer ? 'primary' : 'plain'}>
							{t(mayAnswer ? 'requests.sendAnswer' : 'requests.sendQuestion')}
						</Button>
					</p>
				</Form>
			) : null}
		</section>
	)
}

/** Changes what is asked for: said before that every approval falls with it. */
export function AmendForm({
	request,
	errors,
	sent,
}: {
	request: RequestView
	errors: FormErrors
	sent: Sent
}) {
	const { t, format } = useWords()
	if (!request.mayAmend) return null
	const asked = request.durationSeconds / 60
	const minutes = [...new Set([...DURATIONS_MINUTES, asked])]
		.filter((each) => each * 60 <= request.maximumSeconds)
		.sort((a, b) => a - b)
	return (
		<details className="card" open={Boolean(errors.newReason ?? errors.newTicket ?? errors.newMinutes)}>
			<summary>
				<strong>{t('requests.amend')}</strong>
			</summary>
			<p>{t('requests.amendNote')}</p>
			<Form method="post" className="stack" key={request.requestSha256}>
				<input type="hidden" name="intent" value="amend" />
				<Field id="newReason" label={t('requests.reason')} error={errors.newReason}>
					{(aria) => (
						<textarea
							className="input"
							rows={3}
							maxLength={500}
							defaultValue={sent.newReason ?? request.reason}
							{...aria}
						/>
					)}
				</Field>
				<Field id="newTicket" label={t('requests.ticket')} error={errors.newTicket}>
					{(aria) => (
						<input
							className="input"
							maxLength={60}
							defaultValue={sent.newTicket ?? request.ticket}
							{...aria}
						/>
					)}
				</Field>
				<Field id="newMinutes" label={t('requests.howLong')} error={errors.newMinutes}>
					{(aria) => (
						<select className="input" defaultValue={sent.newMinutes ?? String(asked)} {...aria}>
							{minutes.map((each) => (
								<option key={each} value={each}>
									{format.duration(each * 60_000)}
								</option>
							))}
						</select>
					)}
				</Field>
				<p>
					<Button look="plain">{t('requests.sendAmended')}</Button>
				</p>
			</Form>
		</details>
	)
}
