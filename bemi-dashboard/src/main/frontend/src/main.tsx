import { render } from 'preact';
import './styles/tokens.css';
import './styles/diff.css';
import './styles/page.css';
import { App } from './shell/App';
import { applyTheme, storedTheme } from './shell/theme';

applyTheme(storedTheme());
render(<App />, document.getElementById('app')!);
