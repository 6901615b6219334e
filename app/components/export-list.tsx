import { useWords } from '#app/messages/text.tsx'

/** What can be taken away of the history that the filter chooses, and what each is for. */
export function ExportList({ query }: { query: string }) {
	const { t } = useWords()
	return (
		<section className="card" aria-labelledby="exports">
			<h2 id="exports">{t('audit.exports')}</h2>
			<p className="row">
				<a className="button" href={`/audit/history.csv${query}`} download>
					{t('audit.csv')}
				</a>
			</p>
			<form method="get" action="/audit/bundle" className="row">
				{[...new URLSearchParams(query)].map(([name, value], i) => (
					<input key={i} type="hidden" name={name} value={value} />
				))}
				<fieldset className="row">
					<legend className="visually-hidden">{t('audit.profile')}</legend>
					{(['history', 'auditor'] as const).map((profile) => (
						<label className="choice" key={profile}>
							<input type="radio" name="profile" value={profile} defaultChecked={profile === 'history'} />
							{t(`audit.profile_${profile}`)}
						</label>
					))}
				</fieldset>
				<button className="button" type="submit">
					{t('audit.bundle')}
				</button>
				<code className="muted">{t('audit.verify')}</code>
				<a href="/verify.html" download>
					{t('bundle.download')}
				</a>
			</form>
		</section>
	)
}
