import AsyncHTTPClient
import CCurl
